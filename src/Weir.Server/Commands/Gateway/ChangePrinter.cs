using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Prints what a sync changes, as decK does: for people or as JSON.</summary>
sealed class ChangePrinter(TextWriter output, Palette colours, Func<string, string> mask)
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Print(JsonObject answer, bool isSilent = false)
    {
        var changes = answer["changes"]?.AsObject() ?? [];
        if (!isSilent)
        {
            foreach (var change in List(changes, "creating")) output.WriteLine($"{colours.Added("creating")} {Named(change)}");
            foreach (var change in List(changes, "updating")) PrintUpdate(change);
            foreach (var change in List(changes, "deleting")) output.WriteLine($"{colours.Removed("deleting")} {Named(change)}");
        }
        PrintSummary(answer["summary"]?.AsObject() ?? []);
    }

    /// <summary>The answer as decK prints it for programs.</summary>
    public void PrintJson(JsonObject answer, IReadOnlyList<string> errors)
    {
        var shown = new JsonObject
        {
            ["changes"] = Masked(answer["changes"]) ?? NoChanges(),
            ["summary"] = answer["summary"]?.DeepClone() ?? new JsonObject { ["creating"] = 0, ["updating"] = 0, ["deleting"] = 0, ["total"] = 0 },
            ["warnings"] = answer["warnings"]?.DeepClone() ?? new JsonArray(),
            ["errors"] = new JsonArray([.. errors.Select(static error => (JsonNode)error)]),
        };
        foreach (var name in (ReadOnlySpan<string>)["revision", "plan_hash"])
            if (answer[name] is { } value) shown[name] = value.DeepClone();
        output.WriteLine(shown.ToJsonString(Indented));
    }

    void PrintUpdate(JsonObject change)
    {
        output.WriteLine($"{colours.Changed("updating")} {Named(change)}  {{");
        var body = change["body"]!.AsObject();
        foreach (var (sign, text) in FieldLines.Of(body["old"]?.AsObject() ?? [], body["new"]?.AsObject() ?? [], mask))
            output.WriteLine(sign == '+' ? colours.Added(sign + text) : sign == '-' ? colours.Removed(sign + text) : sign + text);
        output.WriteLine(" }");
        output.WriteLine();
    }

    void PrintSummary(JsonObject summary)
    {
        output.WriteLine("Summary:");
        output.WriteLine($"  Created: {summary["creating"] ?? 0}");
        output.WriteLine($"  Updated: {summary["updating"] ?? 0}");
        output.WriteLine($"  Deleted: {summary["deleting"] ?? 0}");
    }

    string Named(JsonObject change) => $"{change["kind"]} {mask(change["name"]?.ToString() ?? "")}";

    static IEnumerable<JsonObject> List(JsonObject changes, string name) => changes[name]?.AsArray().OfType<JsonObject>() ?? [];

    static JsonObject NoChanges() => new() { ["creating"] = new JsonArray(), ["updating"] = new JsonArray(), ["deleting"] = new JsonArray() };

    JsonNode? Masked(JsonNode? node) => node switch
    {
        JsonObject record => new JsonObject(record.Select(field => KeyValuePair.Create(field.Key, Masked(field.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Masked)]),
        JsonValue value when value.TryGetValue<string>(out var text) => mask(text),
        _ => node?.DeepClone(),
    };
}
