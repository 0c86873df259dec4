using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Weir.Ai;

/// <summary>
/// A JSON object of a wire, field by field: each is asked for by name, one of another type than expected is a problem with its place, and whatever was
/// never asked for is left over as extras. JSON null counts as absent.
/// </summary>
sealed class WireObject
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int DepthMax = 64;

    readonly List<(JsonProperty Property, bool IsTaken)> _fields = [];
    readonly Problems _problems;

    public WireObject(JsonElement element, string path, Problems problems)
    {
        (Element, Path, _problems) = (element, path, problems);
        foreach (var property in element.EnumerateObject()) _fields.Add((property, false));
    }

    /// <summary>JSON path of the object, <c>messages[2].content[0]</c>; empty for the document.</summary>
    public string Path { get; }

    /// <summary>The object as it stands in the document.</summary>
    public JsonElement Element { get; }

    /// <summary>
    /// Parses a document whose value must be an object. A field that stands twice is a problem: two readers could take different ones. Null when it cannot
    /// be read; the document must live as long as the object.
    /// </summary>
    public static WireObject? Parse(ReadOnlyMemory<byte> json, Problems problems, out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(json.Span))
        {
            problems.Add("the body is not valid UTF-8");
            return null;
        }
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DepthMax, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            problems.Add($"the body is not valid JSON: {e.Message}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // The check for duplicates has to read all names.
            problems.Add("the body is not valid JSON: the name of a field holds half a surrogate pair");
            return null;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object) return new WireObject(document.RootElement, "", problems);
        problems.Add($"the body must be a JSON object, not {Kind(document.RootElement)}");
        document.Dispose();
        document = null;
        return null;
    }

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => Find(name, take: false) is not null;

    /// <summary>Any value; null when absent.</summary>
    public JsonElement? Any(string name) => Find(name, take: true);

    /// <summary>The value as JSON; empty when absent.</summary>
    public JsonText Raw(string name) => Any(name) is { } value ? Copy(value) : default;

    public string? Text(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? TextOf(value) : Wrong<string>(name, value, "a string");

    /// <summary>Text that must be there; empty, and a problem, when it is not.</summary>
    public string RequiredText(string name)
    {
        if (!Has(name)) Missing(name);
        return Text(name) ?? "";
    }

    public bool? Flag(string name) => Any(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong<bool?>(name, value, "true or false");

    public double? Number(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : Wrong<double?>(name, value, "a number");

    public long? Long(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : Wrong<long?>(name, value, "a whole number");

    public int? Int(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : Wrong<int?>(name, value, "a whole number");

    public WireObject? Object(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new WireObject(value, Sub(name), _problems) : Wrong<WireObject>(name, value, "an object");

    /// <summary>The objects of an array; those of another kind are problems and left out.</summary>
    public IEnumerable<WireObject> Objects(string name)
    {
        if (Array(name) is not { } array) yield break;
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            var path = $"{Sub(name)}[{index++}]";
            if (item.ValueKind == JsonValueKind.Object) yield return new WireObject(item, path, _problems);
            else _problems.Add(path, $"must be an object, not {Kind(item)}");
        }
    }

    /// <summary>The strings of an array, or the one string that stands in its place; others are problems and left out.</summary>
    public List<string> Texts(string name)
    {
        List<string> texts = [];
        if (Any(name) is not { } value) return texts;
        if (value.ValueKind == JsonValueKind.String)
        {
            texts.Add(TextOf(value));
            return texts;
        }
        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong<string>(name, value, "a string or an array of strings");
            return texts;
        }
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String) texts.Add(TextOf(item));
            else _problems.Add($"{Sub(name)}[{index}]", $"must be a string, not {Kind(item)}");
            index++;
        }
        return texts;
    }

    /// <summary>An array; null when absent.</summary>
    public JsonElement? Array(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? value : Wrong<JsonElement?>(name, value, "an array");

    /// <summary>The fields that nobody asked for, in order.</summary>
    public List<Extra> Rest()
    {
        List<Extra> rest = [];
        foreach (var (property, isTaken) in _fields)
            if (!isTaken) rest.Add(new Extra(property.Name, Copy(property.Value)));
        return rest;
    }

    /// <summary>The object as it came.</summary>
    public JsonText Whole() => Copy(Element);

    /// <summary>Reports a problem of one field.</summary>
    public void Problem(string name, string message) => _problems.Add(Sub(name), message);

    /// <summary>Reports that a field is missing.</summary>
    public void Missing(string name) => Problem(name, "is required");

    public static JsonText Copy(JsonElement value) => new(JsonMarshal.GetRawUtf8Value(value).ToArray());

    /// <summary>The text of a string; unlike GetString it also takes half a surrogate pair, which a client that cuts texts by length may send.</summary>
    public static string TextOf(JsonElement value) => WireText.Unescape(JsonMarshal.GetRawUtf8Value(value)[1..^1]);

    JsonElement? Find(string name, bool take)
    {
        for (var i = 0; i < _fields.Count; i++)
        {
            var (property, isTaken) = _fields[i];
            if (!property.NameEquals(name)) continue;
            if (take && !isTaken) _fields[i] = (property, true);
            return property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
        }
        return null;
    }

    T? Wrong<T>(string name, JsonElement value, string expected)
    {
        Problem(name, $"must be {expected}, not {Kind(value)}");
        return default;
    }

    string Sub(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {value.GetRawText()}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
