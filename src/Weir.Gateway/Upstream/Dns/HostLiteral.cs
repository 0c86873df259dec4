using System.Net;

namespace Weir.Gateway;

/// <summary>Addresses written where a host name may stand.</summary>
static class HostLiteral
{
    const int DotsOfIPv4 = 3;

    /// <summary>
    /// Reads a dotted-quad IPv4 or an IPv6 address, the latter with or without brackets. Shorthands such as <c>10</c> or <c>10.1</c>, which the runtime's
    /// parser takes, are host names.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> host, out IPAddress address)
    {
        address = IPAddress.None;
        if (host is ['[', .., ']']) host = host[1..^1];
        else if (!host.Contains(':') && (host.Count('.') != DotsOfIPv4 || !char.IsAsciiDigit(host[0]))) return false;
        if (!IPAddress.TryParse(host, out var parsed)) return false;
        address = parsed;
        return true;
    }
}
