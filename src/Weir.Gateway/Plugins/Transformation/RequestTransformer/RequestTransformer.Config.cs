using System.ComponentModel;

namespace Weir.Gateway.Plugins;

sealed partial class RequestTransformer
{
    /// <summary>Configuration of request-transformer.</summary>
    public sealed record Config
    {
        [Description("Method of the upstream request."), Format(TextFormat.Method)]
        public string? HttpMethod { get; init; }

        [Description("Removed first.")]
        public Removals Remove { get; init; } = new();

        [Description("Renamed second: old:new.")]
        public Changes Rename { get; init; } = new();

        [Description("Replaced third, where present: name:value.")]
        public Replacements Replace { get; init; } = new();

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

        [Description("Names of query arguments.")]
        public IReadOnlyList<string> Querystring { get; init; } = [];

        [Description("Names of body fields.")]
        public IReadOnlyList<string> Body { get; init; } = [];
    }

    /// <summary>What is changed by one operation.</summary>
    public record Changes
    {
        [Description("Headers as name:value; the value may be a template."), Format(TextFormat.HeaderPair)]
        public IReadOnlyList<string> Headers { get; init; } = [];

        [Description("Query arguments as name:value; the value may be a template.")]
        public IReadOnlyList<string> Querystring { get; init; } = [];

        [Description("Body fields as name:value; the value may be a template.")]
        public IReadOnlyList<string> Body { get; init; } = [];
    }

    /// <summary>What is replaced.</summary>
    public sealed record Replacements : Changes
    {
        [Description("Path of the upstream request, in place of the whole path; may be a template.")]
        public string? Uri { get; init; }
    }

    public static void Check(Config config, Problems problems)
    {
        CheckTemplates(config.Rename, "rename", problems);
        CheckTemplates(config.Replace, "replace", problems);
        CheckTemplates(config.Add, "add", problems);
        CheckTemplates(config.Append, "append", problems);
        if (config.Replace.Uri is { } uri && !Template.TryParse(uri, out _, out var problem)) problems.Add("replace.uri", NotATemplate(uri, problem));
        FramingHeaders.Check(config.Rename.Headers, "rename.headers", isRename: true, problems);
        FramingHeaders.Check(config.Replace.Headers, "replace.headers", isRename: false, problems);
        FramingHeaders.Check(config.Add.Headers, "add.headers", isRename: false, problems);
        FramingHeaders.Check(config.Append.Headers, "append.headers", isRename: false, problems);
    }

    static void CheckTemplates(Changes changes, string operation, Problems problems)
    {
        CheckTemplates(changes.Headers, $"{operation}.headers", problems);
        CheckTemplates(changes.Querystring, $"{operation}.querystring", problems);
        CheckTemplates(changes.Body, $"{operation}.body", problems);
    }

    static void CheckTemplates(IReadOnlyList<string> pairs, string field, Problems problems)
    {
        for (var i = 0; i < pairs.Count; i++)
            if (TransformRule.Split(pairs[i]).Value is { } value && !Template.TryParse(value, out _, out var problem))
                problems.Add($"{field}[{i}]", NotATemplate(value, problem));
    }

    static string NotATemplate(string value, string problem) => $"value '{value}' is not in supported format, error: {problem}";
}
