namespace Weir.Config;

/// <summary>How a document is read.</summary>
sealed record ReadOptions
{
    /// <summary>Plugins that exist, by name.</summary>
    public required IReadOnlyDictionary<string, PluginKind> Plugins { get; init; }

    /// <summary>Compatibility profile: which version's defaults apply where they differ.</summary>
    public Profile Compat { get; init; } = Profile.V3_9;

    /// <summary>An unknown plugin is a warning instead of an error.</summary>
    public bool AllowUnknownPlugins { get; init; }

    /// <summary>Environment for <c>${{ env "DECK_X" }}</c> and the env vault; null when a variable is not set.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Whether vault references are resolved (to run) or only checked for form (to validate).</summary>
    public bool ResolveSecrets { get; init; } = true;

    /// <summary>Where the secrets of vaults on other machines are; null where none are fetched.</summary>
    public ISecretStore? Secrets { get; init; }

    /// <summary>Directory of <c>{vault://file/name}</c>; null when there is none.</summary>
    public string? SecretsDirectory { get; init; }

    /// <summary>The clock that expiry dates of certificates are compared with.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How much a document may ask of the reader.</summary>
    public ReadLimits Limits { get; init; } = new();
}

/// <summary>A compatibility profile.</summary>
enum Profile
{
    V3_9,
    V3_14,
}
