using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Weir.Gateway.Plugins;

sealed partial class ResponseTransformer
{
    /// <summary>Configuration of response-transformer.</summary>
    public sealed record Config
    {
        [Description("Removed first.")]
        public Removals Remove { get; init; } = new();

        [Description("Renamed second: old:new.")]
        public Renames Rename { get; init; } = new();

        [Description("Replaced third, where present: name:value.")]
        public Changes Replace { get; init; } = new();

        [Description("Added fourth, where absent: name:value.")]
        public Changes Add { get; init; } = new();

        [Description("Appended last, always: name:value.")]
        public Changes Append { get; init; } = new();
    }

    /// <summary>What is removed.</summary>
    public sealed record Removals
    {
        [Description("Header names.")]
        public IReadOnlyList<string> Headers { get; init; } = [];

        [Description("Names of top-level fields of a JSON body.")]
        public IReadOnlyList<string> Json { get; init; } = [];
    }

    /// <summary>What is renamed.</summary>
    public sealed record Renames
    {
        [Description("Headers as old:new."), Format(TextFormat.HeaderPair)]
        public IReadOnlyList<string> Headers { get; init; } = [];

        [Description("Top-level fields of a JSON body as old:new."), Format(TextFormat.Pair)]
        public IReadOnlyList<string> Json { get; init; } = [];
    }

    /// <summary>What is changed by one operation.</summary>
    public sealed record Changes
    {
        [Description("Headers as name:value."), Format(TextFormat.HeaderPair)]
        public IReadOnlyList<string> Headers { get; init; } = [];

        [Description("Top-level fields of a JSON body as name:value."), Format(TextFormat.Pair)]
        public IReadOnlyList<string> Json { get; init; } = [];

        [Description("Types of the JSON values, in the order of json; a value without one is a string.")]
        public IReadOnlyList<JsonValueType> JsonTypes { get; init; } = [];
    }

    public static void Check(Config config, Problems problems)
    {
        FramingHeaders.Check(config.Rename.Headers, "rename.headers", isRename: true, problems);
        Check(config.Replace, "replace", problems);
        Check(config.Add, "add", problems);
        Check(config.Append, "append", problems);
    }

    static void Check(Changes changes, string operation, Problems problems)
    {
        FramingHeaders.Check(changes.Headers, $"{operation}.headers", isRename: false, problems);
        for (var i = 0; i < changes.Headers.Count; i++)
            if (TransformRule.Split(changes.Headers[i]).Value is { } value && !HeaderText.IsValue(value))
                problems.Add($"{operation}.headers[{i}]", "a header value cannot contain control characters");
        for (var i = 0; i < Math.Min(changes.Json.Count, changes.JsonTypes.Count); i++)
            if (TransformRule.Split(changes.Json[i]).Value is { } value && !JsonValues.TryConvert(value, changes.JsonTypes[i], out _))
                problems.Add($"{operation}.json[{i}]", $"'{value}' is not a {changes.JsonTypes[i].ToString().ToLowerInvariant()}");
    }
}

/// <summary>Types of JSON values that rules can set.</summary>
enum JsonValueType
{
    [JsonStringEnumMemberName("string")] String,
    [JsonStringEnumMemberName("boolean")] Boolean,
    [JsonStringEnumMemberName("number")] Number,
}
