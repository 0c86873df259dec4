using Weir.Config;

namespace Weir.Gateway;

/// <summary>A service as the request path reads it.</summary>
sealed class Service
{
    public required ServiceConfig Config { get; init; }
    public required EntityRef Entity { get; init; }

    /// <summary>Chooses the address of every try. Null only where a test answers in the upstream's place.</summary>
    public Balancer? Balancer { get; init; }

    /// <summary>TLS towards the upstream, server name left open; null for plain TCP.</summary>
    public UpstreamTls? Tls { get; init; }

    public string? Path => Config.Path;

    public TimeSpan ConnectTimeout => TimeSpan.FromMilliseconds(Config.ConnectTimeout);

    public UpstreamTimeouts Timeouts => new(Config.WriteTimeout, Config.ReadTimeout);

    /// <summary>gRPC needs HTTP/2 end to end; everything else is spoken as HTTP/1.1.</summary>
    public bool IsHttp2 => Config.Protocol is ServiceProtocol.Grpc or ServiceProtocol.Grpcs;
}
