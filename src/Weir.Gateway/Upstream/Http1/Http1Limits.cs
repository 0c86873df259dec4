namespace Weir.Gateway;

/// <summary>Bounds on what one HTTP/1.1 exchange with an upstream may take.</summary>
sealed record Http1Limits
{
    public static Http1Limits Default { get; } = new();

    /// <summary>Longest request head that is sent, in bytes.</summary>
    public int RequestHeadBytesMax { get; init; } = 64 * 1024;

    /// <summary>Longest response head that is read, in bytes, status line and blank line included.</summary>
    public int ResponseHeadBytesMax { get; init; } = 64 * 1024;

    /// <summary>Most header lines in a response head.</summary>
    public int ResponseHeadersMax { get; init; } = 200;

    /// <summary>Most interim (1xx) responses before the final one.</summary>
    public int InterimResponsesMax { get; init; } = 16;

    /// <summary>Longest trailer section, in bytes.</summary>
    public int TrailerBytesMax { get; init; } = 8 * 1024;

    /// <summary>Most trailer lines.</summary>
    public int TrailersMax { get; init; } = 64;

    /// <summary>Longest chunk extension, in bytes.</summary>
    public int ChunkExtensionBytesMax { get; init; } = 256;

    /// <summary>
    /// Most bytes of chunk framing beyond what small honest chunks need, over a whole body; see <see cref="ChunkDecoder"/>.
    /// </summary>
    public int ChunkOverheadBytesMax { get; init; } = 16 * 1024;
}

/// <summary>Bounds on the connections kept to one endpoint.</summary>
sealed record PoolLimits
{
    public static PoolLimits Default { get; } = new();

    /// <summary>Most idle connections kept; 0 keeps none.</summary>
    public int IdleMax { get; init; } = 512;

    /// <summary>Requests after which a connection is closed.</summary>
    public int RequestsPerConnectionMax { get; init; } = 10_000;

    /// <summary>How long an idle connection is kept, in seconds.</summary>
    public int IdleTimeoutSeconds { get; init; } = 60;
}

/// <summary>Patience with an upstream, in milliseconds: between two writes, and between two reads once the request is sent.</summary>
readonly record struct UpstreamTimeouts(int WriteMs, int ReadMs)
{
    /// <summary>Kong's defaults for a service.</summary>
    public static UpstreamTimeouts Default { get; } = new(60_000, 60_000);
}
