namespace Weir;

/// <summary>
/// What will be sent upstream. The router fills it, plugins may change it, the forwarder sends it. Headers are those of <c>exchange.Http.Request</c>:
/// changing them there changes what the upstream gets.
/// </summary>
public sealed class UpstreamRequest
{
    /// <summary>HTTP method; the client's until a plugin changes it.</summary>
    public string Method { get; set; } = "GET";

    /// <summary>Path on the upstream, percent-encoded, starting with '/'.</summary>
    public string Path { get; set; } = "/";

    /// <summary>Query with its leading '?', exactly as it goes out; empty for none. A lone "?" is kept.</summary>
    public string Query { get; set; } = "";

    /// <summary>Host header to send, or null to follow the rules of route, upstream and target (preserve_host, host_header, target name).</summary>
    public string? Host { get; set; }

    /// <summary>A body that replaces the client's, or null to stream (or replay) the client's own.</summary>
    public ReadOnlyMemory<byte>? Body { get; set; }

    internal void Reset(string method)
    {
        Method = method;
        Path = "/";
        Query = "";
        Host = null;
        Body = null;
    }
}
