using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Limits;

/// <summary>Where a server listens.</summary>
/// <param name="Host">Name, address, or the path of a Unix socket, which begins with a slash.</param>
/// <param name="Port">Port; 0 with a Unix socket.</param>
readonly record struct RedisEndpoint(string Host, int Port)
{
    public bool IsUnix => Host.StartsWith('/');

    public EndPoint Socket => IsUnix ? new UnixDomainSocketEndPoint(Host)
        : IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port)
        : new DnsEndPoint(Host, Port, AddressFamily.Unspecified);

    public override string ToString() => IsUnix ? Host : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
