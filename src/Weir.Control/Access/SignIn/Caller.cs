namespace Weir.Control;

/// <summary>Who sends a request, and what they may do.</summary>
/// <param name="Name">As the journal and the audit log have it.</param>
/// <param name="User">Their user; null for who has none.</param>
/// <param name="Rights">What they may do.</param>
sealed record Caller(string Name, Guid? User, Rights Rights)
{
    public const string AnonymousName = "anonymous";

    /// <summary>Who has not said who they are. May sign in, and nothing else.</summary>
    public static Caller Nobody { get; } = new(AnonymousName, null, Rights.None) { IsNobody = true };

    public bool IsNobody { get; private init; }

    /// <summary>The token shown; null for none that is kept.</summary>
    public Guid? Token { get; init; }
}
