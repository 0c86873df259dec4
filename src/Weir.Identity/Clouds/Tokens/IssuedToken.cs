namespace Weir.Identity;

/// <summary>A bearer token and its life. Never shown: its text is its end alone.</summary>
/// <param name="Text">The token.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="ExpiresAt">From here on it is no good.</param>
sealed record IssuedToken(string Text, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt) : Issued(AskedAt, ExpiresAt)
{
    /// <summary>The value of the Authorization header: every call carries it.</summary>
    public string Header { get; } = "Bearer " + Text;

    public override string ToString() => $"token until {ExpiresAt:u}";
}
