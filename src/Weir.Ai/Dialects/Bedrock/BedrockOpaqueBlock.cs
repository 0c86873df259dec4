using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// A block that only Bedrock knows, put together from its start and its deltas: the input of a call that the provider answers itself, the content of its
/// result.
/// </summary>
sealed class BedrockOpaqueBlock
{
    readonly JsonText _body;
    readonly StringBuilder _input = new();
    readonly List<JsonText> _content = [];

    public BedrockOpaqueBlock(int index, JsonElement start)
    {
        Index = index;
        foreach (var field in start.EnumerateObject())
        {
            (Kind, _body) = (field.Name, WireObject.Copy(field.Value));
            break;
        }
    }

    public int Index { get; }

    public string Kind { get; } = "";

    public void Add(JsonElement delta)
    {
        if (delta.ObjectField("toolUse"u8)?.TextField("input"u8) is { } input) _input.Append(input);
        if (delta.ArrayField("toolResult"u8) is not { } content) return;
        foreach (var item in content.EnumerateArray()) _content.Add(WireObject.Copy(item));
    }

    public JsonText ToJson()
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json, WireText.Options);
        writer.WriteStartObject();
        if (Kind.Length > 0)
        {
            writer.WriteStartObject(Kind);
            ExtraFields.WriteFieldsOf(writer, _body);
            if (Kind == "toolUse")
            {
                writer.WritePropertyName("input"u8);
                ToolArguments.WriteObject(writer, _input.ToString(), takesAny: true);
            }
            if (Kind == "toolResult")
            {
                writer.WriteStartArray("content"u8);
                foreach (var item in _content) item.WriteTo(writer);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.Flush();
        return new JsonText(json.WrittenMemory);
    }
}
