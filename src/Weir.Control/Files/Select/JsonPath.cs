using System.Diagnostics.CodeAnalysis;
using Weir.Config;

namespace Weir.Control;

/// <summary>A JSONPath query (RFC 9535) over nodes: <c>$..services[?@.name == 'orders'].routes[*]</c>.</summary>
sealed class JsonPath(string source, PathQuery query) : INodeSelector
{
    public string Source { get; } = source;

    /// <summary>Reads a query; a refused one gives the reason with its place instead.</summary>
    public static bool TryParse(string source, [NotNullWhen(true)] out JsonPath? path, [NotNullWhen(false)] out string? problem)
    {
        (path, problem) = (null, null);
        try
        {
            path = new JsonPath(source, new PathParser(source).Parse());
            return true;
        }
        catch (FormatException refused)
        {
            problem = refused.Message;
            return false;
        }
    }

    public IReadOnlyList<Node> Select(Node root) => query.Evaluate(root, root);
}

/// <summary>A query: from the root (<c>$</c>) or from the node that a filter looks at (<c>@</c>), segment by segment.</summary>
sealed record PathQuery(bool FromRoot, IReadOnlyList<PathSegment> Segments)
{
    /// <summary>Whether it chooses at most one node, whatever the document.</summary>
    public bool IsSingular => Segments.All(static segment => !segment.Descends && segment.Steps is [NameStep or IndexStep]);

    public IReadOnlyList<Node> Evaluate(Node root, Node current)
    {
        IReadOnlyList<Node> nodes = [FromRoot ? root : current];
        foreach (var segment in Segments)
        {
            var next = new List<Node>();
            foreach (var node in nodes) segment.Apply(root, node, next);
            nodes = next;
        }
        return nodes;
    }
}

/// <summary>One segment: its steps taken from a node, or from it and everything below (<c>..</c>).</summary>
sealed record PathSegment(bool Descends, IReadOnlyList<PathStep> Steps)
{
    public void Apply(Node root, Node node, List<Node> chosen)
    {
        foreach (var step in Steps) step.Apply(root, node, chosen);
        if (!Descends) return;
        foreach (var child in Children(node)) Apply(root, child, chosen);
    }

    public static IEnumerable<Node> Children(Node node) => node switch
    {
        MapNode map => map.Entries.Select(static entry => entry.Value),
        ListNode list => list.Items,
        _ => [],
    };
}

/// <summary>What is taken from a node: RFC 9535 calls it a selector.</summary>
abstract record PathStep
{
    public abstract void Apply(Node root, Node node, List<Node> chosen);
}

/// <summary><c>.name</c> and <c>['name']</c>.</summary>
sealed record NameStep(string Name) : PathStep
{
    public override void Apply(Node root, Node node, List<Node> chosen)
    {
        if ((node as MapNode)?.Find(Name) is { } value) chosen.Add(value);
    }
}

/// <summary><c>*</c></summary>
sealed record WildcardStep : PathStep
{
    public override void Apply(Node root, Node node, List<Node> chosen) => chosen.AddRange(PathSegment.Children(node));
}

/// <summary><c>[2]</c>, and <c>[-1]</c> from the end.</summary>
sealed record IndexStep(long Index) : PathStep
{
    public override void Apply(Node root, Node node, List<Node> chosen)
    {
        if (node is not ListNode { Items: var items }) return;
        var index = Index < 0 ? items.Count + Index : Index;
        if (index >= 0 && index < items.Count) chosen.Add(items[(int)index]);
    }
}

/// <summary><c>[1:5:2]</c></summary>
sealed record SliceStep(long? Start, long? End, long Step) : PathStep
{
    // RFC 9535, 2.3.4.2.2.
    public override void Apply(Node root, Node node, List<Node> chosen)
    {
        if (node is not ListNode { Items: var items } || Step == 0) return;
        long count = items.Count;
        var start = FromEnd(Start ?? (Step > 0 ? 0 : count - 1), count);
        var end = End is { } given ? FromEnd(given, count) : Step > 0 ? count : -1;
        if (Step > 0)
        {
            end = Math.Clamp(end, 0, count);
            for (var i = Math.Clamp(start, 0, count); i < end; i += Step) chosen.Add(items[(int)i]);
            return;
        }
        end = Math.Clamp(end, -1, count - 1);
        for (var i = Math.Clamp(start, -1, count - 1); i > end; i += Step) chosen.Add(items[(int)i]);
    }

    static long FromEnd(long index, long count) => index >= 0 ? index : count + index;
}

/// <summary><c>[?@.enabled == true]</c></summary>
sealed record FilterStep(PathCondition Condition) : PathStep
{
    public override void Apply(Node root, Node node, List<Node> chosen)
    {
        foreach (var child in PathSegment.Children(node))
            if (Condition.Holds(root, child))
                chosen.Add(child);
    }
}
