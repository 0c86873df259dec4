using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>What is wrong with a request.</summary>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Message">In the provider's words.</param>
/// <param name="Param">The field, or null.</param>
/// <param name="Code">The provider's code for it, or null.</param>
sealed record MockProblem(int Status, string Message, string? Param = null, string? Code = null)
{
    /// <summary>Seconds to wait before another try; negative where not said.</summary>
    public int RetryAfter { get; init; } = -1;
}

/// <summary>
/// Reads the fields of a request as strictly as the provider does, so that a wrong translation shows. Keeps the first problem; reading goes on with
/// nothing in the field's place. A JSON null is an absent field.
/// </summary>
abstract class MockCheck
{
    public MockProblem? Problem { get; private set; }

    public void Fail(string message, string? param = null, string? code = null, int status = 400) => Problem ??= new(status, message, param, code);

    protected abstract string Missing(string path);

    protected abstract string WrongType(string path, string expected, JsonNode got);

    protected abstract string BadValue(string path, string got, IReadOnlyList<string> allowed);

    protected abstract string OutOfRange(string path, double got, double min, double max);

    protected abstract string Unknown(string path);

    public static string At(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void RequireMissing(string path) => Fail(Missing(path), path, "missing_required_parameter");

    public void RequireType(string path, string expected, JsonNode got) => Fail(WrongType(path, expected, got), path, "invalid_type");

    public string? Text(JsonObject from, string name, string path, bool required = false) =>
        Read(from, name, path, required, JsonValueKind.String, "string") is { } node ? node.GetValue<string>() : null;

    public bool? Flag(JsonObject from, string name, string path)
    {
        if (from[name] is not { } node) return null;
        if (node.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return node.GetValue<bool>();
        RequireType(At(path, name), "boolean", node);
        return null;
    }

    public double? Number(JsonObject from, string name, string path, double min = double.MinValue, double max = double.MaxValue)
    {
        if (Read(from, name, path, false, JsonValueKind.Number, "number") is not { } node) return null;
        var number = node.GetValue<double>();
        if (number < min || number > max) Fail(OutOfRange(At(path, name), number, min, max), At(path, name), "invalid_value");
        return number;
    }

    public int? Integer(JsonObject from, string name, string path, bool required = false, int min = int.MinValue, int max = int.MaxValue)
    {
        if (Read(from, name, path, required, JsonValueKind.Number, "integer") is not { } node) return null;
        var number = node.GetValue<double>();
        if (number != Math.Floor(number)) RequireType(At(path, name), "integer", node);
        else if (number < min || number > max) Fail(OutOfRange(At(path, name), number, min, max), At(path, name), "invalid_value");
        else return (int)number;
        return null;
    }

    public JsonObject? Object(JsonObject from, string name, string path, bool required = false) =>
        Read(from, name, path, required, JsonValueKind.Object, "object") as JsonObject;

    public JsonArray? Array(JsonObject from, string name, string path, bool required = false) =>
        Read(from, name, path, required, JsonValueKind.Array, "array") as JsonArray;

    /// <summary>The objects of an array, with their paths; whatever else stands there is a problem.</summary>
    public IEnumerable<(JsonObject Item, string Path)> Objects(JsonArray? array, string path)
    {
        for (var i = 0; i < (array?.Count ?? 0); i++)
        {
            if (array![i] is JsonObject item) yield return (item, $"{path}[{i}]");
            else if (array[i] is { } other) RequireType($"{path}[{i}]", "object", other);
            else RequireMissing($"{path}[{i}]");
        }
    }

    public IEnumerable<string> Texts(JsonArray? array, string path)
    {
        for (var i = 0; i < (array?.Count ?? 0); i++)
        {
            if (MockJson.IsText(array![i])) yield return array[i]!.GetValue<string>();
            else RequireType($"{path}[{i}]", "string", array[i] ?? new JsonObject());
        }
    }

    public string? OneOf(JsonObject from, string name, string path, bool required, params IReadOnlyList<string> allowed)
    {
        var text = Text(from, name, path, required);
        if (text is null || allowed.Contains(text)) return text;
        Fail(BadValue(At(path, name), text, allowed), At(path, name), "invalid_value");
        return null;
    }

    /// <summary>Refuses fields that the provider does not know.</summary>
    public void Only(JsonObject from, string path, IReadOnlySet<string> known)
    {
        foreach (var (name, _) in from)
        {
            if (!known.Contains(name)) Fail(Unknown(At(path, name)), At(path, name), "unknown_parameter");
        }
    }

    protected static string KindOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => node.GetValue<double>() == Math.Floor(node.GetValue<double>()) ? "integer" : "decimal",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    JsonNode? Read(JsonObject from, string name, string path, bool required, JsonValueKind kind, string expected)
    {
        if (from[name] is not { } node)
        {
            if (required) RequireMissing(At(path, name));
            return null;
        }
        if (node.GetValueKind() == kind) return node;
        RequireType(At(path, name), expected, node);
        return null;
    }
}
