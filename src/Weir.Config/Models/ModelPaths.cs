using System.Text.RegularExpressions;

namespace Weir.Config;

/// <summary>The paths of an API: which ones a capability has in a dialect, below a base.</summary>
static partial class ModelPaths
{
    static readonly string[] s_post = ["POST"];

    /// <summary>Dialect, capability, version that stands before the paths (none: the base has it), paths, and whether only POST is asked for.</summary>
    static readonly (string Format, string Capability, string Version, string[] Paths, bool IsPost)[] s_table =
    [
        ("openai", "generate", "", ["/chat/completions", "/completions", "/responses"], true),
        ("openai", "embeddings", "", ["/embeddings"], true),
        ("openai", "rerank", "", ["/rerank"], true),
        ("openai", "image", "", ["/images/generations", "/images/edits"], true),
        ("openai", "audio/speech", "", ["/audio/speech"], true),
        ("openai", "audio/transcription", "", ["/audio/transcriptions"], true),
        ("openai", "audio/translation", "", ["/audio/translations"], true),
        ("openai", "video", "", ["/videos"], false),
        ("openai", "agentic", "", ["/assistants", "/threads"], false),
        ("openai", "files", "", ["/files"], false),
        ("openai", "batches", "", ["/batches"], false),
        ("huggingface", "generate", "", ["/chat/completions"], true),
        ("huggingface", "embeddings", "", ["/embeddings"], true),
        ("anthropic", "generate", "/v1", ["/messages"], true),
        ("anthropic", "batches", "/v1", ["/messages/batches"], false),
        ("gemini", "generate", "/v1beta", ["~/models/[^/]+:(generateContent|streamGenerateContent|countTokens)$"], true),
        ("gemini", "embeddings", "/v1beta", ["~/models/[^/]+:(embedContent|batchEmbedContents)$"], true),
        ("bedrock", "generate", "", ["~/model/.+/(converse|converse-stream)$"], true),
        ("cohere", "generate", "/v2", ["/chat"], true),
        ("cohere", "embeddings", "/v2", ["/embed"], true),
        ("cohere", "rerank", "/v2", ["/rerank"], true),
    ];

    static readonly (string Format, string Version)[] s_lists = [("openai", ""), ("huggingface", ""), ("anthropic", "/v1"), ("gemini", "/v1beta")];

    /// <summary>Whether the API of a dialect has a capability.</summary>
    public static bool Has(string format, string capability) => s_table.Any(row => row.Format == format && row.Capability == capability);

    /// <summary>Paths and methods (null: any) of a capability below a base.</summary>
    public static (IReadOnlyList<string> Paths, string[]? Methods) Of(string format, string capability, string @base)
    {
        var row = s_table.First(row => row.Format == format && row.Capability == capability);
        return ([.. row.Paths.Select(path => Join(@base, row.Version, path))], row.IsPost ? s_post : null);
    }

    /// <summary>Where the models of these dialects are listed.</summary>
    public static IReadOnlyList<string> Lists(IEnumerable<string> formats, string @base) =>
        [.. s_lists.Where(row => formats.Contains(row.Format)).Select(row => Join(@base, row.Version, "/models")).Distinct()];

    // A base that ends with a version serves OpenAI's clients, whose addresses have it; those of the others bring their own.
    static string Join(string @base, string version, string path)
    {
        var root = @base.TrimEnd('/');
        if (version.Length > 0 || path.StartsWith("~/model/", StringComparison.Ordinal)) root = VersionAtEnd().Replace(root, "");
        if (!root.StartsWith('~') && !path.StartsWith('~')) return root + version + path;
        var left = root.StartsWith('~') ? root[1..] : Regex.Escape(root);
        return "~" + left + version + (path.StartsWith('~') ? path[1..] : Regex.Escape(path) + "$");
    }

    [GeneratedRegex("/v[0-9]+(beta)?$")]
    private static partial Regex VersionAtEnd();
}
