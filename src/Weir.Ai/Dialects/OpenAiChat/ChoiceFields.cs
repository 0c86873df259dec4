using System.Text.Json;

namespace Weir.Ai;

/// <summary>Bookmarks on the fields of one choice.</summary>
ref struct ChoiceFields
{
    public Utf8JsonReader Delta, Message, FinishReason, Index, Logprobs, StopReason, Usage;

    /// <summary>The answer of a legacy completion.</summary>
    public Utf8JsonReader Text;

    /// <summary>On the name of the first field that is not known; known ones may follow.</summary>
    public Utf8JsonReader Unknown;

    /// <summary>Goes through the object that the reader stands on.</summary>
    public static ChoiceFields Read(scoped ref Utf8JsonReader reader)
    {
        var wire = new ChoiceFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delta"u8)) wire.Delta = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("message"u8)) wire.Message = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("finish_reason"u8)) wire.FinishReason = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("index"u8)) wire.Index = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("logprobs"u8)) wire.Logprobs = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("stop_reason"u8)) wire.StopReason = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("usage"u8)) wire.Usage = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("text"u8)) wire.Text = Wire.Take(ref reader);
            else Pass(ref reader, ref wire.Unknown);
        }
        return wire;
    }

    public static bool IsKnown(ref Utf8JsonReader name) =>
        name.ValueTextEquals("delta"u8) || name.ValueTextEquals("message"u8) || name.ValueTextEquals("finish_reason"u8) || name.ValueTextEquals("index"u8)
        || name.ValueTextEquals("logprobs"u8) || name.ValueTextEquals("stop_reason"u8) || name.ValueTextEquals("usage"u8)
        || name.ValueTextEquals("text"u8);

    /// <summary>Passes over a field, with a bookmark on its name if it is the first.</summary>
    public static void Pass(scoped ref Utf8JsonReader reader, scoped ref Utf8JsonReader first)
    {
        if (first.TokenType == JsonTokenType.None) first = reader;
        Wire.Take(ref reader);
    }
}

/// <summary>Bookmarks on the fields of a message or a delta.</summary>
ref struct MessageFields
{
    public Utf8JsonReader Content, ReasoningContent, Reasoning, Details, Refusal, Calls, FunctionCall, Audio, Annotations, Images;

    /// <summary>On the name of the first field that is not known; known ones may follow.</summary>
    public Utf8JsonReader Unknown;

    /// <summary>Goes through the object that the reader stands on.</summary>
    public static MessageFields Read(scoped ref Utf8JsonReader reader)
    {
        var wire = new MessageFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8)) wire.Content = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("role"u8)) Wire.Take(ref reader);
            else if (reader.ValueTextEquals("reasoning_content"u8)) wire.ReasoningContent = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("reasoning"u8)) wire.Reasoning = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("reasoning_details"u8)) wire.Details = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("refusal"u8)) wire.Refusal = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("tool_calls"u8)) wire.Calls = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("function_call"u8)) wire.FunctionCall = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("audio"u8)) wire.Audio = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("annotations"u8)) wire.Annotations = Wire.Take(ref reader);
            else if (reader.ValueTextEquals("images"u8)) wire.Images = Wire.Take(ref reader);
            else ChoiceFields.Pass(ref reader, ref wire.Unknown);
        }
        return wire;
    }

    public static bool IsKnown(ref Utf8JsonReader name) =>
        name.ValueTextEquals("content"u8) || name.ValueTextEquals("role"u8) || name.ValueTextEquals("reasoning_content"u8)
        || name.ValueTextEquals("reasoning"u8) || name.ValueTextEquals("reasoning_details"u8) || name.ValueTextEquals("refusal"u8)
        || name.ValueTextEquals("tool_calls"u8) || name.ValueTextEquals("function_call"u8) || name.ValueTextEquals("audio"u8)
        || name.ValueTextEquals("annotations"u8) || name.ValueTextEquals("images"u8);
}
