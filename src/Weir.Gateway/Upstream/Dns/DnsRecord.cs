using System.Net;

namespace Weir.Gateway;

/// <summary>Record types that are asked for (RFC 1035 §3.2.2, RFC 3596, RFC 2782).</summary>
enum DnsType : ushort
{
    A = 1,
    Cname = 5,
    Aaaa = 28,
    Srv = 33,
}

/// <summary>One record of an answer.</summary>
/// <param name="Name">Owner, in lower case, without trailing dot.</param>
/// <param name="Type">Its type; other types than <see cref="DnsType"/> names are not read.</param>
/// <param name="TtlSeconds">How long it may be kept.</param>
readonly record struct DnsRecord(string Name, DnsType Type, uint TtlSeconds)
{
    /// <summary>Of A and AAAA records.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The name that a CNAME or SRV record points to; empty for the root.</summary>
    public string? Target { get; init; }

    /// <summary>Of SRV records; lower is tried first.</summary>
    public ushort Priority { get; init; }

    /// <summary>Of SRV records.</summary>
    public ushort Weight { get; init; }

    /// <summary>Of SRV records.</summary>
    public ushort Port { get; init; }
}
