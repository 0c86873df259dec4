using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Telemetry;

namespace Weir.Gateway.Plugins;

/// <summary>
/// Fields that a configuration adds to log records (<c>custom_fields_by_lua</c>). A dot in a name leads into an object, which is made when it is missing; a
/// value of nil removes the field. The record is parsed and written anew, so only records with such fields pay for them.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A Utf8JsonWriter over a buffer of ours holds nothing that must be released.")]
sealed class LogFields
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    static LineBuffer? s_buffer;

    readonly (string[] Path, LuaExpression Value)[] _fields;

    LogFields((string[], LuaExpression)[] fields) => _fields = fields;

    /// <summary>Reports what cannot be computed.</summary>
    public static void Check(IReadOnlyDictionary<string, string>? source, Problems problems)
    {
        foreach (var (name, code) in source ?? new Dictionary<string, string>())
        {
            if (name.Split('.').Contains("")) problems.Add($"custom_fields_by_lua.{name}", "a part of the name is empty");
            if (!LuaFields.TryParse(code, out _, out var problem)) problems.Add($"custom_fields_by_lua.{name}", problem);
        }
    }

    /// <summary>The fields of a checked configuration; null when there are none.</summary>
    public static LogFields? Of(IReadOnlyDictionary<string, string>? source)
    {
        if (source is null || source.Count == 0) return null;
        return new LogFields([.. source.Select(static field => (field.Key.Split('.'), Parse(field.Value)))]);
    }

    static LuaExpression Parse(string code) => LuaFields.TryParse(code, out var expression, out var problem) ? expression : throw new FormatException(problem);

    /// <summary>The record with its fields and a line end. Valid until this thread applies fields again.</summary>
    public ReadOnlySpan<byte> ApplyTo(ReadOnlySpan<byte> line, Exchange exchange)
    {
        var record = JsonNode.Parse(line)!.AsObject();
        var scope = new LuaScope(exchange);
        foreach (var (path, expression) in _fields)
        {
            var value = expression.Evaluate(scope);
            // A computation that failed leaves the record as it is: a log is no place to fail a request.
            if (value.Type is not (LuaType.Fault or LuaType.Table)) Set(record, path, Json(value));
        }
        var buffer = s_buffer ??= new LineBuffer();
        buffer.Clear();
        using (var json = new Utf8JsonWriter(buffer, Options)) record.WriteTo(json);
        buffer.Add((byte)'\n');
        return buffer.Written;
    }

    static JsonNode? Json(in LuaValue value) => value.Type switch
    {
        LuaType.Boolean => JsonValue.Create(value.IsTruthy),
        LuaType.Number when double.IsFinite(value.Number) => JsonValue.Create(value.Number),
        LuaType.Nil => null,
        _ => JsonValue.Create(value.Show()),
    };

    static void Set(JsonObject record, string[] path, JsonNode? value)
    {
        foreach (var name in path.AsSpan(0, path.Length - 1))
        {
            if (!record.ContainsKey(name)) record[name] = new JsonObject();
            // A value in the way stays: half a record is worse than a missing field.
            if (record[name] is not JsonObject inner) return;
            record = inner;
        }
        if (value is null) record.Remove(path[^1]);
        else record[path[^1]] = value;
    }
}
