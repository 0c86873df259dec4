namespace Weir.Gateway;

/// <summary>
/// The path trees of all hosts, in flat arrays: a radix tree per distinct set of matchers, keyed by prefix. A matcher without path stands at the root, a
/// regular expression at the prefix that all its matches share.
/// </summary>
sealed class PathForest(PathNode[] nodes, char[] firstChars, char[] labels, Candidate[] candidates, CandidateList[] lists)
{
    /// <summary>No node.</summary>
    public const int None = -1;

    /// <summary>The candidates of a node that has no <see cref="PathNode.List"/>, best first.</summary>
    public ReadOnlySpan<Candidate> CandidatesAt(in PathNode node) => candidates.AsSpan(node.CandidatesStart, node.CandidatesCount);

    public CandidateList ListAt(in PathNode node) => lists[node.List];

    public ref readonly PathNode this[int node] => ref nodes[node];

    /// <summary>
    /// The deepest node with candidates whose prefix the path starts with, or <see cref="None"/>. The others hang on <see cref="PathNode.Above"/>.
    /// </summary>
    public int FindDeepest(int root, ReadOnlySpan<char> path)
    {
        ref readonly var node = ref nodes[root];
        var deepest = node.CandidatesCount > 0 ? root : None;
        while (!path.IsEmpty)
        {
            var child = firstChars.AsSpan(node.FirstChild, node.ChildCount).IndexOf(path[0]);
            if (child < 0) break;
            child += node.FirstChild;
            node = ref nodes[child];
            if (!path.StartsWith(labels.AsSpan(node.LabelStart, node.LabelLength))) break;
            path = path[node.LabelLength..];
            if (node.CandidatesCount > 0) deepest = child;
        }
        return deepest;
    }
}

/// <summary>A node of a path tree. Its children lie side by side, and their first characters in an array of their own, where a search is vectorised.</summary>
struct PathNode
{
    public int LabelStart;
    public int LabelLength;
    public int FirstChild;
    public int ChildCount;

    /// <summary>The matchers whose prefix ends here, best first.</summary>
    public int CandidatesStart;
    public int CandidatesCount;

    /// <summary>The list that divides those matchers when they are many, or <see cref="PathForest.None"/>.</summary>
    public int List;

    /// <summary>The nearest node above that has candidates, or <see cref="PathForest.None"/>.</summary>
    public int Above;

    /// <summary>The best rank here and above: no need to look further when something better is found already.</summary>
    public int BestRank;
}
