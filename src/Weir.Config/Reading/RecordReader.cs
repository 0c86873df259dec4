using System.Text.Json.Serialization.Metadata;

namespace Weir.Config;

/// <summary>Reads one record that is not part of a document, such as a node's settings, by the same rules and with the same messages.</summary>
static class RecordReader
{
    /// <summary>
    /// Reads YAML text (which may be empty) with single values laid over it. Values are texts, as from a command line or environment: lists are separated
    /// by commas, everything else is YAML.
    /// </summary>
    /// <param name="file">Name of the file, for messages.</param>
    /// <param name="text">YAML.</param>
    /// <param name="overrides">Field, value, and where it came from, later ones winning.</param>
    /// <param name="what">What the record is called in messages.</param>
    /// <param name="type">Metadata of the record.</param>
    /// <param name="options">Secrets and environment.</param>
    public static (T? Record, IReadOnlyList<Problem> Problems) Read<T>(
        string file, string text, IEnumerable<(string Field, string Value, string Source)> overrides, string what, JsonTypeInfo<T> type, ReadOptions options)
        where T : class
    {
        var report = new Report(options.Limits.ProblemsMax);
        var shape = Shape.Of(type);
        var node = YamlText.Read(file, text, options.Limits, report);
        if (node is not (null or MapNode or ScalarNode { Kind: ScalarKind.Null }))
            report.Error(node.Place, $"a map of {what} is expected, found {node.Describe()}");
        var map = node as MapNode ?? new MapNode(new Place(file, 1, 1), []);
        foreach (var (field, value, source) in overrides)
            if (Value(shape, field, value, source, options, report) is { } given) map = map.With(field, given);
        using var reader = new ShapeReader(report, options.Compat, new Secrets(options, report));
        var record = report.Errors == 0 ? (T?)reader.Read(map, shape, what) : null;
        return (record, report.Problems());
    }

    static Node? Value(Shape shape, string field, string value, string source, ReadOptions options, Report report)
    {
        var place = new Place(source, 0, 0);
        var kind = shape.Fields.TryGetValue(field, out var known) ? known.Shape.Kind : ShapeKind.Any;
        if (kind == ShapeKind.List)
        {
            var items = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return new ListNode(place, [.. items.Select(item => new ScalarNode(place, ScalarKind.Text, item))]);
        }
        if (kind is ShapeKind.Text) return new ScalarNode(place, ScalarKind.Text, value);
        // The place is the flag or variable; a line in it would say nothing.
        var node = YamlText.Read(source, value, options.Limits, report);
        return node is ScalarNode scalar ? new ScalarNode(place, scalar.Kind, scalar.Text) : node;
    }
}
