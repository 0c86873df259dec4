using Microsoft.AspNetCore.Http;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>What the router looks at in a request.</summary>
readonly ref struct RouteQuery
{
    /// <summary>Method as sent; compared with case.</summary>
    public required string Method { get; init; }

    /// <summary>Scheme of the client's own connection, "http" or "https": SNIs are only compared on "https".</summary>
    public required string Scheme { get; init; }

    /// <summary>Host header as sent, with its port if it has one; empty when there is none.</summary>
    public ReadOnlySpan<char> Host { get; init; }

    /// <summary>Port the connection came in on; stands in for the port that the Host header does not name.</summary>
    public int ListenerPort { get; init; }

    /// <summary>Path as <see cref="PathNormalizer"/> returns it.</summary>
    public required string NormalizedPath { get; init; }

    /// <summary>Server name of the TLS handshake, or null.</summary>
    public string? Sni { get; init; }

    /// <summary>Headers of the request.</summary>
    public required IHeaderDictionary Headers { get; init; }
}
