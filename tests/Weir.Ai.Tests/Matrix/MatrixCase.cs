namespace Weir.Ai.Tests;

/// <summary>Something that clients and models say to one another, in no dialect yet.</summary>
/// <param name="Name">Its name on the page.</param>
/// <param name="Request">What the client asks, given its dialect and the provider's.</param>
/// <param name="Reply">What the provider answers, given its dialect.</param>
/// <param name="Asked">What of the request must arrive.</param>
/// <param name="Answered">What of the answer must arrive.</param>
sealed record MatrixCase(
    string Name,
    Func<DialectName, DialectName, ChatRequest> Request,
    Func<DialectName, IReadOnlyList<ReplyEvent>> Reply,
    Func<ChatRequest, string> Asked,
    Func<IReadOnlyList<ReplyEvent>, string> Answered)
{
    /// <summary>What must arrive of the request where the provider's wire has another form for it; null for none.</summary>
    public Func<ChatRequest, string>? AskedOtherwise { get; init; }

    public override string ToString() => Name;
}

/// <summary>What came of a case between two dialects.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Lost">Names of what was lost.</param>
/// <param name="Difference">What should have arrived and what did; empty where they are the same.</param>
/// <param name="Golden">What was written on the way.</param>
sealed record MatrixCell(MatrixOutcome Outcome, string Lost, string Difference, string Golden);

enum MatrixOutcome
{
    /// <summary>The client's dialect has no word for it.</summary>
    Unsayable,

    /// <summary>The same dialect on both sides: the bytes pass.</summary>
    Passes,
    Carried,

    /// <summary>Carried, by other means than the dialect's own.</summary>
    CarriedOtherwise,

    /// <summary>Not all of it arrives, and what does not is named.</summary>
    LostAndNamed,

    /// <summary>Not all of it arrives, and nobody says so.</summary>
    LostInSilence,
}
