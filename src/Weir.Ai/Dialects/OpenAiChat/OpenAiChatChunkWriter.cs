using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes what stands around a piece of a message: the chunk, and the event that it is.</summary>
sealed class OpenAiChatChunkWriter(ReplyShape shape, IBufferWriter<byte> output)
{
    readonly List<Extra> _extras = [];

    /// <summary>The JSON of the chunk that is being written.</summary>
    public Utf8JsonWriter Json { get; } = new(output, WireText.Options);

    public OpenAiReplyHead Head { get; } = new("chat.completion.chunk", "chatcmpl-", shape);

    /// <summary>Keeps a field of the answer for the next chunk.</summary>
    public void Keep(Extra extra) => _extras.Add(extra);

    /// <summary>Up to and including the beginning of the delta.</summary>
    public Utf8JsonWriter Begin(int choice)
    {
        BeginChunk();
        Json.WriteStartObject();
        Json.WriteNumber("index"u8, choice);
        Json.WriteStartObject("delta"u8);
        return Json;
    }

    /// <summary>From the end of the delta to the end of the event.</summary>
    public void End(string? finishReason = null, string? stopSequence = null, List<Extra>? extras = null)
    {
        Json.WriteEndObject();
        EndChoice(finishReason, stopSequence, extras);
    }

    /// <summary>A chunk with log probabilities alone.</summary>
    public void WriteLogprobs(int choice, JsonText tokens, bool isRefusal)
    {
        Begin(choice);
        Json.WriteEndObject();
        OpenAiChatLogprobs.Write(Json, isRefusal ? default : tokens, isRefusal ? tokens : default);
        EndChoice(null, null, null);
    }

    public void WriteUsage(TokenUsage usage, List<Extra> extras)
    {
        BeginChunk();
        Json.WriteEndArray();
        Json.WritePropertyName("usage"u8);
        OpenAiUsage.Write(Json, usage, extras);
        Json.WriteEndObject();
        EndEvent();
    }

    public void WriteError(LlmError error)
    {
        output.Write("data: "u8);
        Json.WriteStartObject();
        Json.WritePropertyName("error"u8);
        OpenAiErrors.WriteValue(error, Json);
        Json.WriteEndObject();
        EndEvent();
    }

    public void WriteDone() => output.Write("data: [DONE]\n\n"u8);

    void BeginChunk()
    {
        output.Write("data: "u8);
        Json.WriteStartObject();
        Head.Write(Json);
        foreach (var extra in _extras) OpenAiChatExtras.Write(Json, extra);
        _extras.Clear();
        Json.WriteStartArray("choices"u8);
    }

    void EndChoice(string? finishReason, string? stopSequence, List<Extra>? extras)
    {
        Json.WriteString("finish_reason"u8, finishReason);
        if (stopSequence is not null) WireText.Write(Json, "stop_reason", stopSequence);
        foreach (var extra in extras ?? []) OpenAiChatExtras.Write(Json, extra);
        extras?.Clear();
        Json.WriteEndObject();
        Json.WriteEndArray();
        if (shape is { ShowsUsage: true, IsForMistral: false }) Json.WriteNull("usage"u8);
        Json.WriteEndObject();
        EndEvent();
    }

    void EndEvent()
    {
        Json.Flush();
        Json.Reset();
        output.Write("\n\n"u8);
    }
}
