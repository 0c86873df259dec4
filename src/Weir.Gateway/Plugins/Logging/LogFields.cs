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

    readonly (string[] Path, ILogFieldValue Value)[] _fields;

    LogFields((string[], ILogFieldValue)[] fields) => _fields = fields;

    /// <summary>Reports what cannot be computed.</summary>
    public static void Check(IReadOnlyDictionary<string, string>? source, Problems problems)
    {
        foreach (var (name, code) in source ?? new Dictionary<string, string>())
        {
            if (name.Split('.').Contains("")) problems.Add($"custom_fields_by_lua.{name}", "a part of the name is empty");
            if (LogFieldCode.Compile(code, out var problem) is null) problems.Add($"custom_fields_by_lua.{name}", problem!);
        }
    }

    /// <summary>The fields of a checked configuration; null when there are none.</summary>
    public static LogFields? Of(IReadOnlyDictionary<string, string>? source)
    {
        if (source is null || source.Count == 0) return null;
        return new LogFields([.. source.Select(field => (field.Key.Split('.'), LogFieldCode.Compile(field.Value, out _)!))]);
    }

    /// <summary>The record with its fields and a line end. Valid until this thread applies fields again.</summary>
    public ReadOnlySpan<byte> ApplyTo(ReadOnlySpan<byte> line, Exchange exchange)
    {
        var record = JsonNode.Parse(line)!.AsObject();
        foreach (var (path, value) in _fields) Set(record, path, value.Evaluate(exchange));
        var buffer = s_buffer ??= new LineBuffer();
        buffer.Clear();
        using (var json = new Utf8JsonWriter(buffer, Options)) record.WriteTo(json);
        buffer.Add((byte)'\n');
        return buffer.Written;
    }

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
