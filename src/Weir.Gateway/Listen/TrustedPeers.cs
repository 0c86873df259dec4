using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

/// <summary>Which peers may say who the client is, and what they say.</summary>
sealed class TrustedPeers(IReadOnlyList<IPNetwork> networks, string realIpHeader, bool recursive)
{
    public bool Trusts(IPAddress peer)
    {
        foreach (var network in networks)
            if (network.Contains(peer)) return true;
        return false;
    }

    /// <summary>The client behind a trusted peer; the peer itself when the header is missing or no address.</summary>
    public IPAddress Client(IPAddress peer, IHeaderDictionary headers)
    {
        var values = headers[realIpHeader];
        if (values.Count == 0) return peer;
        // Entries are read from the right: each hop appended the one it saw.
        var client = peer;
        for (var v = values.Count - 1; v >= 0; v--)
        {
            var rest = values[v].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.LastIndexOf(',');
                var entry = rest[(comma + 1)..].Trim();
                rest = comma < 0 ? default : rest[..comma];
                if (!TryParse(entry, out var address)) return client;
                client = address;
                if (!recursive || !Trusts(address)) return client;
            }
        }
        return client;
    }

    static bool TryParse(ReadOnlySpan<char> entry, out IPAddress address)
    {
        if (IPAddress.TryParse(entry, out address!)) return true;
        if (!IPEndPoint.TryParse(entry, out var endpoint)) return false;
        address = endpoint.Address;
        return true;
    }
}
