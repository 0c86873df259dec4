using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>What a filter asks of a node.</summary>
abstract record PathCondition
{
    public abstract bool Holds(Node root, Node current);
}

sealed record AnyCondition(IReadOnlyList<PathCondition> Conditions) : PathCondition
{
    public override bool Holds(Node root, Node current) => Conditions.Any(condition => condition.Holds(root, current));
}

sealed record AllCondition(IReadOnlyList<PathCondition> Conditions) : PathCondition
{
    public override bool Holds(Node root, Node current) => Conditions.All(condition => condition.Holds(root, current));
}

sealed record NotCondition(PathCondition Condition) : PathCondition
{
    public override bool Holds(Node root, Node current) => !Condition.Holds(root, current);
}

/// <summary>A query that must choose something.</summary>
sealed record ExistsCondition(PathQuery Query) : PathCondition
{
    public override bool Holds(Node root, Node current) => Query.Evaluate(root, current).Count > 0;
}

/// <summary><c>match(…)</c> or <c>search(…)</c>.</summary>
sealed record MatchCondition(PathMatch Match) : PathCondition
{
    public override bool Holds(Node root, Node current) => Match.Holds(root, current);
}

/// <summary>Two values compared (RFC 9535, 2.3.5.2.2): what is absent equals only what is absent, and values of different types have no order.</summary>
sealed record Comparison(PathValue Left, string Operator, PathValue Right) : PathCondition
{
    public override bool Holds(Node root, Node current)
    {
        var (left, right) = (Left.Evaluate(root, current), Right.Evaluate(root, current));
        return Operator switch
        {
            "==" => AreEqual(left, right),
            "!=" => !AreEqual(left, right),
            "<" => IsLess(left, right),
            ">" => IsLess(right, left),
            "<=" => IsLess(left, right) || AreEqual(left, right),
            _ => IsLess(right, left) || AreEqual(left, right),
        };
    }

    static bool AreEqual(Node? left, Node? right) => left is null || right is null ? left == right : Tree.SameData(left, right);

    static bool IsLess(Node? left, Node? right)
    {
        if (left is not ScalarNode a || right is not ScalarNode b) return false;
        // Unicode's order, which that of UTF-16 is not.
        if (a.Kind == ScalarKind.Text && b.Kind == ScalarKind.Text)
            return Encoding.UTF8.GetBytes(a.Text).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b.Text)) < 0;
        if (a.Kind is not (ScalarKind.Integer or ScalarKind.Number) || b.Kind is not (ScalarKind.Integer or ScalarKind.Number)) return false;
        if (Scalars.TryInteger(a.Text, out var x) && Scalars.TryInteger(b.Text, out var y)) return x < y;
        return Scalars.TryNumber(a.Text, out var low) && Scalars.TryNumber(b.Text, out var high) && low < high;
    }
}
