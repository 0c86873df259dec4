using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Gateway.Plugins;

/// <summary>The fields of a JSON object while they are changed. What is not changed keeps its order and its text.</summary>
sealed class JsonFields
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly JsonObject _fields = [];

    /// <summary>Whether anything was changed.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The fields of a body; null when it is no JSON object.</summary>
    public static JsonFields? Parse(ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
        // The document is not disposed: its memory lives on in the nodes made from it.
        if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
        var fields = new JsonFields();
        // Of fields with the same name the last one counts, as with most readers; removing a name removes them all.
        foreach (var property in document.RootElement.EnumerateObject()) fields._fields[property.Name] = Node(property.Value);
        return fields;
    }

    public static JsonFields Empty() => new();

    public bool Contains(string name) => _fields.ContainsKey(name);

    public void Remove(string name) => IsChanged |= _fields.Remove(name);

    public void Rename(string name, string newName)
    {
        if (name == newName || !_fields.TryGetPropertyValue(name, out var value)) return;
        _fields.Remove(name);
        _fields[newName] = value;
        IsChanged = true;
    }

    public void Replace(string name, JsonNode? value)
    {
        if (Contains(name)) Set(name, value);
    }

    public void Add(string name, JsonNode? value)
    {
        if (!Contains(name)) Set(name, value);
    }

    /// <summary>Adds to the array of this name; a single value becomes the first element of a new array.</summary>
    public void Append(string name, JsonNode? value)
    {
        _fields.TryGetPropertyValue(name, out var current);
        if (current is JsonArray array)
        {
            array.Add(value);
            IsChanged = true;
            return;
        }
        _fields.Remove(name);
        Set(name, current is null ? new JsonArray(value) : new JsonArray(current, value));
    }

    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Relaxed)) _fields.WriteTo(json);
        return output.WrittenSpan.ToArray();
    }

    void Set(string name, JsonNode? value)
    {
        _fields[name] = value;
        IsChanged = true;
    }

    static JsonNode? Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        _ => JsonValue.Create(element),
    };
}
