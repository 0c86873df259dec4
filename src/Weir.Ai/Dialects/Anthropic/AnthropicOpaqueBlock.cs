using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// A block that only Anthropic knows, put together from its start and its deltas: <c>input_json_delta</c> gives its input, of every other delta each text
/// is added to the field of its name and each other value replaces it.
/// </summary>
sealed class AnthropicOpaqueBlock
{
    readonly List<(string Name, JsonText Value)> _fields = [];
    readonly Dictionary<string, StringBuilder> _texts = [];
    StringBuilder? _input;

    public AnthropicOpaqueBlock(JsonElement start)
    {
        Type = start.TextField("type"u8) ?? "";
        foreach (var field in start.EnumerateObject()) _fields.Add((field.Name, WireObject.Copy(field.Value)));
    }

    public string Type { get; }

    public void Add(JsonElement delta)
    {
        if (delta.TextField("partial_json"u8) is { } json)
        {
            (_input ??= new StringBuilder()).Append(json);
            return;
        }
        foreach (var field in delta.EnumerateObject())
        {
            if (field.NameEquals("type"u8)) continue;
            if (field.Value.ValueKind == JsonValueKind.String) TextOf(field.Name).Append(WireJson.TextOf(field.Value));
            else Set(field.Name, WireObject.Copy(field.Value));
        }
    }

    public JsonText ToJson()
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json, WireText.Options);
        writer.WriteStartObject();
        foreach (var (name, value) in _fields)
        {
            writer.WritePropertyName(name);
            if (name == "input" && _input is { Length: > 0 }) ToolArguments.WriteObject(writer, _input.ToString(), takesAny: true);
            else if (_texts.TryGetValue(name, out var text)) WireText.Write(writer, text.ToString());
            else value.WriteTo(writer);
        }
        writer.WriteEndObject();
        writer.Flush();
        return new JsonText(json.WrittenMemory);
    }

    StringBuilder TextOf(string name)
    {
        if (_texts.TryGetValue(name, out var text)) return text;
        text = new StringBuilder();
        var at = _fields.FindIndex(field => field.Name == name);
        if (at < 0) _fields.Add((name, default));
        else if (LooseJson.Parse(_fields[at].Value.Utf8) is { RootElement.ValueKind: JsonValueKind.String } start)
            text.Append(WireJson.TextOf(start.RootElement));
        return _texts[name] = text;
    }

    void Set(string name, JsonText value)
    {
        var at = _fields.FindIndex(field => field.Name == name);
        if (at < 0) _fields.Add((name, value));
        else _fields[at] = (name, value);
        _texts.Remove(name);
    }
}
