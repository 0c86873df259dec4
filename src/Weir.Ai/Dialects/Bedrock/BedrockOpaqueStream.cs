using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a block that only Bedrock knows into a stream: a call that the provider answers itself, or its result.</summary>
static class BedrockOpaqueStream
{
    public static void Write(JsonText json, int index, BedrockStreamWriter stream)
    {
        using var document = LooseJson.Parse(json.Utf8);
        if (document is null) return;
        foreach (var field in document.RootElement.EnumerateObject())
        {
            Start(field, index, stream);
            if (field.Value.ValueKind == JsonValueKind.Object) Delta(field, index, stream);
            return;
        }
    }

    static void Start(JsonProperty field, int index, BedrockStreamWriter stream)
    {
        var writer = stream.Begin();
        writer.WriteNumber("contentBlockIndex"u8, index);
        writer.WriteStartObject("start"u8);
        writer.WritePropertyName(field.Name);
        if (field.Value.ValueKind != JsonValueKind.Object)
        {
            field.Value.WriteRaw(writer);
        }
        else
        {
            writer.WriteStartObject();
            foreach (var inner in field.Value.EnumerateObject())
                if (!IsDelta(field.Name, inner.Name)) inner.WriteRaw(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        stream.End("contentBlockStart"u8);
    }

    static void Delta(JsonProperty field, int index, BedrockStreamWriter stream)
    {
        foreach (var inner in field.Value.EnumerateObject())
        {
            if (!IsDelta(field.Name, inner.Name)) continue;
            var writer = stream.Begin();
            writer.WriteNumber("contentBlockIndex"u8, index);
            writer.WriteStartObject("delta"u8);
            if (inner.Name == "input")
            {
                writer.WriteStartObject("toolUse"u8);
                WireText.Write(writer, "input"u8, inner.Value.GetRawText());
                writer.WriteEndObject();
            }
            else
            {
                writer.WritePropertyName("toolResult"u8);
                inner.Value.WriteRaw(writer);
            }
            writer.WriteEndObject();
            stream.End("contentBlockDelta"u8);
        }
    }

    static bool IsDelta(string block, string field) => (block, field) is ("toolUse", "input") or ("toolResult", "content");
}
