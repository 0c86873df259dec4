using System.ComponentModel;

namespace Weir.Config;

/// <summary>
/// A key that callers of models have in place of a provider's: which models it may use, and who pays. Only its hash is kept; `weir keys new` makes one.
/// </summary>
sealed record VirtualKeyConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("SHA-256 of the key: sha256: and 64 hexadecimal digits.")]
    public required string Hash { get; init; }

    [Description("What may be shown of the key: its end, to tell keys apart.")]
    public string? Hint { get; init; }

    [Description("Keys that this one has replaced, and until when each still counts.")]
    public IReadOnlyList<PreviousKey>? Previous { get; init; }

    [Description("A disabled key is refused.")]
    public bool Enabled { get; init; } = true;

    [Description("When the key ends: 2027-01-31, or 2027-01-31T12:00:00Z.")]
    public string? ExpiresAt { get; init; }

    [Description("Since when the key is revoked; it is refused from then on, and those it has replaced are, too.")]
    public string? RevokedAt { get; init; }

    [Description("Models that it may use, by name or alias; unset: all that are open to it otherwise. Without models in the document: names in requests.")]
    [Set]
    public IReadOnlyList<string>? Models { get; init; }

    [Description("Budgets that its calls are charged to, by name, beside those of its levels."), Set]
    public IReadOnlyList<string>? Budgets { get; init; }

    [Description("The consumer that its callers are.")]
    public Reference? Consumer { get; init; }

    [Description("Organisation that pays.")]
    public string? Organisation { get; init; }

    [Description("Project that pays.")]
    public string? Project { get; init; }

    [Description("Team that pays.")]
    public string? Team { get; init; }

    [Description("User that pays.")]
    public string? User { get; init; }

    [Description("Agent that pays.")]
    public string? Agent { get; init; }

    [Description("Header in which the caller names its session."), Format(TextFormat.HeaderName)]
    public string? SessionHeader { get; init; }

    [Description("Labels. Kept, not interpreted.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>A key that was replaced, and still counts for a while.</summary>
sealed record PreviousKey
{
    [Description("SHA-256 of the key.")]
    public required string Hash { get; init; }

    [Description("What may be shown of it.")]
    public string? Hint { get; init; }

    [Description("When it ends.")]
    public required string ExpiresAt { get; init; }
}
