namespace Weir.Config;

/// <summary>A part of a regular expression, as read.</summary>
abstract record PatternNode;

/// <summary>Characters that stand for themselves.</summary>
sealed record LiteralNode(string Text) : PatternNode;

/// <summary>One character of a set.</summary>
sealed record SetNode(CharacterSet Set) : PatternNode;

/// <summary>A condition on a place between characters.</summary>
sealed record AssertionNode(PatternAssertion Assertion) : PatternNode;

/// <summary>One part after the other; none for nothing at all.</summary>
sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode;

/// <summary>One of several, the first that leads to a match.</summary>
sealed record ChoiceNode(IReadOnlyList<PatternNode> Options) : PatternNode;

/// <summary>A part so many times; <see cref="Unbounded"/> for no upper limit.</summary>
sealed record RepeatNode(PatternNode Inner, int Min, int Max, bool Greedy) : PatternNode
{
    public const int Unbounded = -1;
}

/// <summary>A part whose text is kept under a number.</summary>
sealed record CaptureNode(int Number, PatternNode Inner) : PatternNode;

enum PatternAssertion
{
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}
