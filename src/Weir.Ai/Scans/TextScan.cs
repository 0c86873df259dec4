namespace Weir.Ai;

/// <summary>
/// Looks at texts of calls as one continuous text each, wherever streams are cut: one <see cref="TextScan"/> per text. What it does to a text must not depend
/// on where the text is cut. Immutable and shared; what belongs to one text is in the scan.
/// </summary>
abstract class TextScanner
{
    /// <summary>
    /// Most characters of a text that are held back until they are decided. A scan is never shown more of them at once; shown as many, it must decide at
    /// least one.
    /// </summary>
    public abstract int HoldCharsMax { get; }

    /// <summary>A scan of one text; null to let the text pass.</summary>
    public abstract TextScan? Begin(in TextPlace place);
}

/// <summary>Where a text stands.</summary>
/// <param name="IsReply">In the answer, and not in the request.</param>
/// <param name="Role">Who says it.</param>
/// <param name="Kind">What it is.</param>
readonly record struct TextPlace(bool IsReply, Role Role, ReplyPartKind Kind);

/// <summary>One scanner over one text.</summary>
abstract class TextScan
{
    /// <summary>Decides as much of a text as can be decided, from its front.</summary>
    /// <param name="text">What is not decided, and before it the last character that is, if there is one.</param>
    /// <param name="from">Where the undecided begins: 1, or 0 at the beginning of the text.</param>
    /// <param name="isEnd">The text ends here: all of it must be decided, unless the scan stops the call.</param>
    /// <param name="edits">Takes ranges to replace, in order, within what is decided.</param>
    public abstract ScanStep Next(ReadOnlySpan<char> text, int from, bool isEnd, List<TextEdit> edits);
}

/// <summary>How far a scan has got.</summary>
/// <param name="Decided">End of what is decided.</param>
/// <param name="Stop">The call must end here, with this error: what is decided goes out, what follows does not.</param>
readonly record struct ScanStep(int Decided, LlmError? Stop = null);

/// <summary>A range of a text, and what comes in its place.</summary>
readonly record struct TextEdit(int Start, int Length, string Replacement);
