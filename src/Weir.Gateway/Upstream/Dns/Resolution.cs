using System.Net;

namespace Weir.Gateway;

/// <summary>What is known about a name until a given time: its addresses, or why there are none.</summary>
sealed record Resolution
{
    /// <summary>The addresses, IPv4 first; empty when the name could not be resolved.</summary>
    public required IReadOnlyList<ResolvedAddress> Addresses { get; init; }

    /// <summary>When to ask again. <see cref="DateTimeOffset.MaxValue"/> for literals.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Why there are no addresses; null when there are some.</summary>
    public string? Fault { get; init; }

    /// <summary>The refresh under way while expired addresses are being served; null when these are fresh.</summary>
    public Task<Resolution>? Refreshing { get; init; }

    /// <summary>A name that could not be resolved.</summary>
    public static Resolution Failed(string fault, DateTimeOffset expiresAt) => new() { Addresses = [], ExpiresAt = expiresAt, Fault = fault };

    /// <summary>An address that needs no resolving.</summary>
    public static Resolution Literal(IPAddress address) => new() { Addresses = [new(address)], ExpiresAt = DateTimeOffset.MaxValue };
}

/// <summary>One address of a name.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">Port of the SRV record, or 0 when the name has none.</param>
/// <param name="Weight">Weight of the SRV record (RFC 2782), or 0 when the name has none.</param>
/// <param name="Priority">Priority of the SRV record; lower is tried first.</param>
/// <param name="ServerName">The host that the SRV record names, or null.</param>
readonly record struct ResolvedAddress(IPAddress Address, int Port = 0, int Weight = 0, int Priority = 0, string? ServerName = null)
{
    /// <summary>True when an SRV record gave this address: its port and weight then win over the target's.</summary>
    public bool IsService => ServerName is not null;
}
