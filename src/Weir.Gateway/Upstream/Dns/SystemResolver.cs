using System.Net;
using System.Net.Sockets;

namespace Weir.Gateway;

/// <summary>Names resolved by the operating system, which tells no lifetimes: every answer is kept for ten seconds.</summary>
sealed class SystemResolver(TimeProvider time) : IResolver
{
    static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    public async ValueTask<Resolution> ResolveAsync(string name, CancellationToken cancel)
    {
        if (IPAddress.TryParse(name, out var literal)) return Resolution.Literal(literal);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name, cancel);
            return new Resolution
            {
                Addresses = [.. addresses.OrderBy(static address => address.AddressFamily).Select(static address => new ResolvedAddress(address))],
                ExpiresAt = time.GetUtcNow() + Lifetime,
            };
        }
        catch (SocketException e)
        {
            return Resolution.Failed(e.Message, time.GetUtcNow() + Lifetime);
        }
    }
}
