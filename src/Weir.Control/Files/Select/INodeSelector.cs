using System.Diagnostics.CodeAnalysis;
using Weir.Config;

namespace Weir.Control;

/// <summary>Chooses nodes of a document by an expression.</summary>
interface INodeSelector
{
    /// <summary>The expression as it was written.</summary>
    string Source { get; }

    /// <summary>The nodes chosen, in document order; one may be chosen twice.</summary>
    IReadOnlyList<Node> Select(Node root);
}

/// <summary>Several selectors taken together.</summary>
sealed class SelectorSet(IReadOnlyList<INodeSelector> selectors)
{
    public int Count => selectors.Count;

    /// <summary>Reads expressions; the problems of all of them come at once.</summary>
    public static bool TryParse(IEnumerable<string> sources, [NotNullWhen(true)] out SelectorSet? set, out IReadOnlyList<string> problems)
    {
        var parsed = new List<INodeSelector>();
        var found = new List<string>();
        foreach (var source in sources)
        {
            if (JsonPath.TryParse(source, out var path, out var problem)) parsed.Add(path);
            else found.Add($"selector '{source}' is not a valid JSONPath expression: {problem}");
        }
        (set, problems) = (found.Count == 0 ? new SelectorSet(parsed) : null, found);
        return set is not null;
    }

    /// <summary>Expressions that are known to be good.</summary>
    public static SelectorSet Of(params IEnumerable<string> sources) =>
        TryParse(sources, out var set, out var problems) ? set : throw new ArgumentException(string.Join("; ", problems), nameof(sources));

    /// <summary>The nodes that any of the selectors chooses, each once, by reference.</summary>
    public HashSet<Node> Select(Node root)
    {
        var chosen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var selector in selectors) chosen.UnionWith(selector.Select(root));
        return chosen;
    }
}
