using System.Runtime.InteropServices;

namespace Weir.Gateway;

/// <summary>Lays out path trees one after the other.</summary>
sealed class PathForestBuilder(RouteMatcher[] matchers)
{
    readonly List<PathNode> _nodes = [];
    readonly List<char> _firstChars = [];
    readonly List<char> _labels = [];
    readonly List<Candidate> _candidates = [];
    readonly List<CandidateList> _lists = [];
    readonly Queue<Pending> _queue = new();

    /// <summary>A node whose keys [From, To) are known and whose children are not laid out yet. Depth: length of the node's prefix.</summary>
    readonly record struct Pending(int Node, int From, int To, int Depth);

    /// <summary>Adds a tree and returns its root. The entries are sorted in place.</summary>
    public int Add(List<(string Prefix, Candidate Candidate)> entries)
    {
        entries.Sort(static (a, b) =>
        {
            var order = string.CompareOrdinal(a.Prefix, b.Prefix);
            return order != 0 ? order : a.Candidate.Rank.CompareTo(b.Candidate.Rank);
        });
        var sorted = CollectionsMarshal.AsSpan(entries);
        var root = AddNode("", int.MaxValue, PathForest.None);
        _queue.Enqueue(new(root, 0, sorted.Length, 0));
        // Breadth first, because the children of a node must lie side by side.
        while (_queue.TryDequeue(out var pending)) Grow(sorted, pending);
        return root;
    }

    public PathForest Build() => new([.. _nodes], [.. _firstChars], [.. _labels], [.. _candidates], [.. _lists]);

    int AddNode(ReadOnlySpan<char> label, int bestRankAbove, int above)
    {
        _nodes.Add(new() { LabelStart = _labels.Count, LabelLength = label.Length, BestRank = bestRankAbove, Above = above });
        _labels.AddRange(label);
        _firstChars.Add(label.IsEmpty ? '\0' : label[0]);
        return _nodes.Count - 1;
    }

    void Grow(ReadOnlySpan<(string Prefix, Candidate Candidate)> sorted, Pending pending)
    {
        var from = pending.From;
        var candidatesStart = _candidates.Count;
        // Shorter strings sort first, so what ends at this node leads.
        for (; from < pending.To && sorted[from].Prefix.Length == pending.Depth; from++) _candidates.Add(sorted[from].Candidate);

        ref var node = ref CollectionsMarshal.AsSpan(_nodes)[pending.Node];
        node.CandidatesStart = candidatesStart;
        node.CandidatesCount = _candidates.Count - candidatesStart;
        if (node.CandidatesCount > 0) node.BestRank = Math.Min(node.BestRank, _candidates[candidatesStart].Rank);
        node.List = AddList(candidatesStart);
        node.FirstChild = _nodes.Count;
        var bestRank = node.BestRank;
        var above = node.CandidatesCount > 0 ? pending.Node : node.Above;

        var children = 0;
        for (var start = from; start < pending.To; children++)
        {
            var end = start + 1;
            while (end < pending.To && sorted[end].Prefix[pending.Depth] == sorted[start].Prefix[pending.Depth]) end++;
            // In sorted order the first and the last key of a group share the least.
            var depth = pending.Depth + sorted[start].Prefix.AsSpan(pending.Depth).CommonPrefixLength(sorted[end - 1].Prefix.AsSpan(pending.Depth));
            var child = AddNode(sorted[start].Prefix.AsSpan(pending.Depth, depth - pending.Depth), bestRank, above);
            _queue.Enqueue(new(child, start, end, depth));
            start = end;
        }
        // The nodes may have grown and moved.
        CollectionsMarshal.AsSpan(_nodes)[pending.Node].ChildCount = children;
    }

    int AddList(int candidatesStart)
    {
        if (_candidates.Count - candidatesStart <= CandidateListBuilder.FewMax) return PathForest.None;
        var list = CandidateListBuilder.Build(matchers, _candidates[candidatesStart..].ToArray());
        if (list.Fork is null) return PathForest.None;
        _lists.Add(list);
        return _lists.Count - 1;
    }
}
