namespace Weir.Identity;

/// <summary>What an identity service has given out for a time.</summary>
/// <param name="AskedAt">When it was asked for: its life is counted from here, which is never too late.</param>
/// <param name="ExpiresAt">From here on it is no good.</param>
abstract record Issued(DateTimeOffset AskedAt, DateTimeOffset ExpiresAt)
{
    public TimeSpan Life => ExpiresAt - AskedAt;
}

/// <summary>What was asked for, or why there is none, in words without any secret.</summary>
readonly record struct Grant<T>(T? Item, string? Problem)
    where T : class
{
    public static Grant<T> Of(T item) => new(item, null);

    public static Grant<T> None(string problem) => new(null, problem);
}

/// <summary>Where what proves one identity comes from.</summary>
interface IIssuer<T>
    where T : Issued
{
    /// <summary>Whose it is, for the log.</summary>
    string Identity { get; }

    /// <summary>Asks for a new one. Failures are grants without it.</summary>
    ValueTask<Grant<T>> FetchAsync(CancellationToken stop);
}
