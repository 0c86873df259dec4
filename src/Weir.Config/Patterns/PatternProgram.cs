namespace Weir.Config;

enum PatternOp : byte
{
    /// <summary>The literal at X must follow.</summary>
    Literal,

    /// <summary>A character of the set at X must follow.</summary>
    Set,

    /// <summary>The assertion X must hold.</summary>
    Assert,

    /// <summary>Go on at X; if that fails, at Y. Z numbers the splits.</summary>
    Split,

    /// <summary>Go on at X.</summary>
    Jump,

    /// <summary>Note the position in slot X.</summary>
    Save,

    Match,
}

readonly record struct PatternInstruction(PatternOp Op, int X = 0, int Y = 0, int Z = 0);

/// <summary>A compiled regular expression: what <see cref="PatternRun"/> executes. A few hundred bytes; immutable.</summary>
sealed class PatternProgram
{
    public required PatternInstruction[] Code { get; init; }
    public required string[] Literals { get; init; }
    public required CharacterSet[] Sets { get; init; }

    /// <summary>How many <see cref="PatternOp.Split"/> the code has.</summary>
    public required int SplitCount { get; init; }

    /// <summary>Name, or null, of group 1, 2, ….</summary>
    public required IReadOnlyList<string?> GroupNames { get; init; }

    /// <summary>Whether a match can only begin at the beginning.</summary>
    public required bool IsAnchored { get; init; }

    /// <summary>What every match begins with when the expression is anchored; may be empty.</summary>
    public required string LiteralPrefix { get; init; }
}
