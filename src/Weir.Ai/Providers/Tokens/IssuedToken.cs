namespace Weir.Ai;

/// <summary>A bearer token and its life. Never shown: its text is its end alone.</summary>
/// <param name="Text">The token.</param>
/// <param name="AskedAt">When it was asked for: its life is counted from here, which is never too late.</param>
/// <param name="ExpiresAt">From here on it is no good.</param>
sealed record IssuedToken(string Text, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>The value of the Authorization header: every call carries it.</summary>
    public string Header { get; } = "Bearer " + Text;

    public TimeSpan Life => ExpiresAt - AskedAt;

    public override string ToString() => $"token until {ExpiresAt:u}";
}

/// <summary>A token, or why there is none, in words without any secret.</summary>
readonly record struct TokenGrant(IssuedToken? Token, string? Problem)
{
    public static TokenGrant Of(IssuedToken token) => new(token, null);

    public static TokenGrant None(string problem) => new(null, problem);
}

/// <summary>Where the tokens of one identity come from.</summary>
interface ITokenSource
{
    /// <summary>Whose tokens these are, for the log.</summary>
    string Identity { get; }

    /// <summary>Asks for a new token. Failures are grants without one.</summary>
    ValueTask<TokenGrant> FetchAsync(CancellationToken stop);
}
