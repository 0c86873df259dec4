namespace Weir.Identity;

/// <summary>Reads secrets of one vault. Failures are values, in words without any secret and without anything that the other side wrote.</summary>
interface IVaultClient
{
    /// <summary>Asks for one secret.</summary>
    /// <param name="resource">Its name in the vault.</param>
    /// <param name="version">Which version; null for the newest.</param>
    /// <param name="stop">Gives up.</param>
    ValueTask<Fetched> FetchAsync(string resource, string? version, CancellationToken stop);
}

/// <summary>How asking for a secret went.</summary>
enum FetchedKind
{
    /// <summary>It is there.</summary>
    Found,

    /// <summary>The vault says that there is none.</summary>
    Missing,

    /// <summary>The vault cannot be asked, or does not tell.</summary>
    Failed,
}

/// <summary>The answer of a vault. Never shown: its text is its kind and what is wrong.</summary>
readonly record struct Fetched(FetchedKind Kind, string? Value, string Problem)
{
    public static Fetched Found(string value) => new(FetchedKind.Found, value, "");

    public static Fetched Missing(string problem) => new(FetchedKind.Missing, null, problem);

    public static Fetched Failed(string problem) => new(FetchedKind.Failed, null, problem);

    public override string ToString() => $"{Kind} {Problem}";
}
