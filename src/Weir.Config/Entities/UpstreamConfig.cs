using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>A load-balanced set of targets; a service uses it by naming it as host.</summary>
sealed record UpstreamConfig : Entity
{
    [Description("Unique name, in the form of a host name.")]
    public required string Name { get; init; }

    [Description("How a target is chosen.")]
    public BalancingAlgorithm Algorithm { get; init; } = BalancingAlgorithm.RoundRobin;

    [Description("What consistent hashing hashes.")]
    public HashInput HashOn { get; init; } = HashInput.None;

    [Description("What is hashed when the first input is missing.")]
    public HashInput HashFallback { get; init; } = HashInput.None;

    [Description("Header hashed with hash_on: header."), Format(TextFormat.HeaderName)]
    public string? HashOnHeader { get; init; }

    [Description("Header hashed with hash_fallback: header."), Format(TextFormat.HeaderName)]
    public string? HashFallbackHeader { get; init; }

    [Description("Cookie hashed with hash_on or hash_fallback: cookie; created when the request has none.")]
    public string? HashOnCookie { get; init; }

    [Description("Path of that cookie."), Format(TextFormat.Path)]
    public string HashOnCookiePath { get; init; } = "/";

    [Description("Query argument hashed with hash_on: query_arg.")]
    public string? HashOnQueryArg { get; init; }

    [Description("Query argument hashed with hash_fallback: query_arg.")]
    public string? HashFallbackQueryArg { get; init; }

    [Description("Capture of the route's regular expression hashed with hash_on: uri_capture.")]
    public string? HashOnUriCapture { get; init; }

    [Description("Capture hashed with hash_fallback: uri_capture.")]
    public string? HashFallbackUriCapture { get; init; }

    [Description("Size of the consistent-hashing ring."), Range(10, 65536)]
    public int Slots { get; init; } = 10000;

    [Description("Host header sent to the targets; a host with optional port.")]
    public string? HostHeader { get; init; }

    [Description("Certificate shown to the targets when the service has none.")]
    public Reference? ClientCertificate { get; init; }

    [Description("Send the name of the SRV record as Host header.")]
    public bool UseSrvName { get; init; }

    [Description("Cookie of sticky sessions.")]
    public string? StickySessionsCookie { get; init; }

    [Description("Path of that cookie."), Format(TextFormat.Path)]
    public string? StickySessionsCookiePath { get; init; }

    [Description("How health is observed.")]
    public HealthChecks Healthchecks { get; init; } = new();
}

/// <summary>Health checks of an upstream.</summary>
sealed record HealthChecks
{
    [Description("Probes sent by the gateway.")]
    public ActiveChecks Active { get; init; } = new();

    [Description("Conclusions from proxied traffic.")]
    public PassiveChecks Passive { get; init; } = new();

    [Description("Percentage of weight that must be available; at or below it the whole upstream counts as unhealthy. 0 switches this off."), Range(0.0, 100.0)]
    public double Threshold { get; init; }
}

/// <summary>Active health checks.</summary>
sealed record ActiveChecks
{
    [Description("What a probe does.")]
    public CheckType Type { get; init; } = CheckType.Http;

    [Description("Time a probe may take, in seconds."), Range(0.0, 65535.0)]
    public double Timeout { get; init; } = 1;

    [Description("Probes at the same time."), Range(1, 2147483647)]
    public int Concurrency { get; init; } = 10;

    [Description("Path probed."), Format(TextFormat.Path)]
    public string HttpPath { get; init; } = "/";

    [Description("Server name of the probe's TLS handshake."), Format(TextFormat.Sni)]
    public string? HttpsSni { get; init; }

    [Description("Whether a probe verifies the certificate.")]
    public bool HttpsVerifyCertificate { get; init; } = true;

    [Description("Headers added to the probe.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Headers { get; init; }

    [Description("When a target becomes healthy.")]
    public ActiveHealthy Healthy { get; init; } = new();

    [Description("When a target becomes unhealthy.")]
    public ActiveUnhealthy Unhealthy { get; init; } = new();
}

/// <summary>When probes make a target healthy.</summary>
sealed record ActiveHealthy
{
    [Description("Seconds between probes of healthy targets; 0 switches them off."), Range(0.0, 65535.0)]
    public double Interval { get; init; }

    [Description("Successes needed; 0 switches this off."), Range(0, 255)]
    public int Successes { get; init; }

    [Description("Statuses that are a success."), Range(100, 999)]
    public IReadOnlyList<int> HttpStatuses { get; init; } = [200, 302];
}

/// <summary>When probes make a target unhealthy.</summary>
sealed record ActiveUnhealthy
{
    [Description("Seconds between probes of unhealthy targets; 0 switches them off."), Range(0.0, 65535.0)]
    public double Interval { get; init; }

    [Description("Connection failures needed; 0 switches this off."), Range(0, 255)]
    public int TcpFailures { get; init; }

    [Description("Time-outs needed; 0 switches this off."), Range(0, 255)]
    public int Timeouts { get; init; }

    [Description("Failure statuses needed; 0 switches this off."), Range(0, 255)]
    public int HttpFailures { get; init; }

    [Description("Statuses that are a failure."), Range(100, 999)]
    public IReadOnlyList<int> HttpStatuses { get; init; } = [429, 404, 500, 501, 502, 503, 504, 505];
}

/// <summary>Passive health checks.</summary>
sealed record PassiveChecks
{
    [Description("What is watched.")]
    public CheckType Type { get; init; } = CheckType.Http;

    [Description("When a target becomes healthy.")]
    public PassiveHealthy Healthy { get; init; } = new();

    [Description("When a target becomes unhealthy.")]
    public PassiveUnhealthy Unhealthy { get; init; } = new();
}

/// <summary>When traffic makes a target healthy.</summary>
sealed record PassiveHealthy
{
    [Description("Successes needed; 0 switches this off."), Range(0, 255)]
    public int Successes { get; init; }

    [Description("Statuses that are a success."), Range(100, 999)]
    public IReadOnlyList<int> HttpStatuses { get; init; } =
        [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308];
}

/// <summary>When traffic makes a target unhealthy.</summary>
sealed record PassiveUnhealthy
{
    [Description("Connection failures needed; 0 switches this off."), Range(0, 255)]
    public int TcpFailures { get; init; }

    [Description("Time-outs needed; 0 switches this off."), Range(0, 255)]
    public int Timeouts { get; init; }

    [Description("Failure statuses needed; 0 switches this off."), Range(0, 255)]
    public int HttpFailures { get; init; }

    [Description("Statuses that are a failure."), Range(100, 999)]
    public IReadOnlyList<int> HttpStatuses { get; init; } = [429, 500, 503];
}

/// <summary>One address of an upstream.</summary>
sealed record TargetConfig : Entity
{
    [Description("host, host:port, ip:port or [ipv6]:port; the port defaults to 8000.")]
    public required string Target { get; init; }

    [Description("Share of traffic; 0 takes none."), Range(0, 65535)]
    public int Weight { get; init; } = 100;

    [Description("Used only when all other targets are unhealthy.")]
    public bool Failover { get; init; }

    [Description("The upstream it belongs to.")]
    public Reference? Upstream { get; init; }
}

enum BalancingAlgorithm
{
    [JsonStringEnumMemberName("round-robin")] RoundRobin,
    [JsonStringEnumMemberName("consistent-hashing")] ConsistentHashing,
    [JsonStringEnumMemberName("least-connections")] LeastConnections,
    [JsonStringEnumMemberName("latency")] Latency,
    [JsonStringEnumMemberName("sticky-sessions")] StickySessions,
}

enum HashInput
{
    [JsonStringEnumMemberName("none")] None,
    [JsonStringEnumMemberName("consumer")] Consumer,
    [JsonStringEnumMemberName("ip")] Ip,
    [JsonStringEnumMemberName("header")] Header,
    [JsonStringEnumMemberName("cookie")] Cookie,
    [JsonStringEnumMemberName("path")] Path,
    [JsonStringEnumMemberName("query_arg")] QueryArg,
    [JsonStringEnumMemberName("uri_capture")] UriCapture,
}

enum CheckType
{
    [JsonStringEnumMemberName("http")] Http,
    [JsonStringEnumMemberName("https")] Https,
    [JsonStringEnumMemberName("tcp")] Tcp,
    [JsonStringEnumMemberName("grpc")] Grpc,
    [JsonStringEnumMemberName("grpcs")] Grpcs,
}
