using Weir.Config;

namespace Weir.Control;

/// <summary>Kubernetes manifests in the making.</summary>
sealed class Manifests(string className)
{
    public const string KongApi = "configuration.konghq.com/v1";
    public const string Annotation = "konghq.com/";

    const int NameCharsMax = 253;

    readonly List<MapNode> _made = [];

    public IReadOnlyList<MapNode> Made => _made;

    /// <summary>A name that Kubernetes accepts (RFC 1123): lower case letters, digits, dashes and dots.</summary>
    public static string Name(params IEnumerable<string> parts)
    {
        var whole = string.Join('-', parts).ToLowerInvariant();
        var text = string.Concat(whole.Select(static c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-')).Trim('-', '.');
        return text.Length <= NameCharsMax ? text : text[..NameCharsMax].TrimEnd('-', '.');
    }

    /// <summary>Adds a manifest; what it has besides its kind and name comes as entries.</summary>
    public void Add(string api, string kind, string name, IEnumerable<(string Key, string Value)> annotations, IEnumerable<(string Key, string Value)> labels,
        params IEnumerable<(string Key, Node? Value)> entries)
    {
        var noted = annotations.ToList();
        // Kong's own kinds are taken up only with a class; others say theirs in their spec.
        if (api == KongApi || kind == "Secret") noted.Insert(0, ("kubernetes.io/ingress.class", className));
        var labelled = labels.ToList();
        var metadata = Tree.Map(
            ("name", Tree.Text(name)),
            ("annotations", noted.Count > 0 ? Texts(noted) : null),
            ("labels", labelled.Count > 0 ? Texts(labelled) : null));
        _made.Add(Tree.Map([("apiVersion", Tree.Text(api)), ("kind", Tree.Text(kind)), ("metadata", metadata), .. entries]));
    }

    static MapNode Texts(IEnumerable<(string Key, string Value)> pairs) =>
        Tree.Map(pairs.Select(static pair => (pair.Key, (Node?)Tree.Text(pair.Value))));
}
