namespace Weir.Gateway;

/// <summary>Reads the <c>headers</c> setting.</summary>
static class ResponseHeaderNames
{
    static readonly Dictionary<string, ResponseHeaderSet> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["off"] = ResponseHeaderSet.None,
        ["server_tokens"] = ResponseHeaderSet.ServerTokens,
        ["latency_tokens"] = ResponseHeaderSet.LatencyTokens,
        ["Server"] = ResponseHeaderSet.Server,
        ["Via"] = ResponseHeaderSet.Via,
        ["X-Kong-Proxy-Latency"] = ResponseHeaderSet.ProxyLatency,
        ["X-Kong-Upstream-Latency"] = ResponseHeaderSet.UpstreamLatency,
        ["X-Kong-Response-Latency"] = ResponseHeaderSet.ResponseLatency,
        ["X-Kong-Upstream-Status"] = ResponseHeaderSet.UpstreamStatus,
        ["X-Kong-Request-Id"] = ResponseHeaderSet.RequestId,
    };

    public static ResponseHeaderSet Parse(IReadOnlyList<string> names)
    {
        var set = ResponseHeaderSet.None;
        foreach (var name in names)
            set |= Names.TryGetValue(name, out var bit) ? bit
                : throw new FormatException($"headers: '{name}' is unknown; expected one of: {string.Join(", ", Names.Keys)}");
        return set;
    }
}
