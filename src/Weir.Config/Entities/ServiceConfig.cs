using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>An upstream application: where requests of its routes go.</summary>
sealed record ServiceConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public string? Name { get; init; }

    [Description("Protocol spoken to the upstream.")]
    public ServiceProtocol Protocol { get; init; } = ServiceProtocol.Http;

    [Description("Host name or address of the upstream, or the name of an upstream entity."), Format(TextFormat.Host)]
    public required string Host { get; init; }

    [Description("Port of the upstream."), Range(0, 65535)]
    public int Port { get; init; } = 80;

    [Description("Path put before the request's path."), Format(TextFormat.Path)]
    public string? Path { get; init; }

    [Description("How many more times a request is tried after a failure to reach the upstream."), Range(0, 32767)]
    public int Retries { get; init; } = 5;

    [Description("Time to establish a connection, in milliseconds."), Range(1, 2147483646)]
    public int ConnectTimeout { get; init; } = 60000;

    [Description("Time between two successful writes to the upstream, in milliseconds."), Range(1, 2147483646)]
    public int WriteTimeout { get; init; } = 60000;

    [Description("Time between two successful reads from the upstream, in milliseconds."), Range(1, 2147483646)]
    public int ReadTimeout { get; init; } = 60000;

    [Description("Certificate shown to the upstream. Only for https and tls.")]
    public Reference? ClientCertificate { get; init; }

    [Description("Whether the upstream's certificate is verified. Null follows the node's setting.")]
    public bool? TlsVerify { get; init; }

    [Description("Longest certificate chain accepted."), Range(0, 64)]
    public int? TlsVerifyDepth { get; init; }

    [Description("Ids of the CA certificates trusted for this upstream."), Format(TextFormat.Uuid)]
    public IReadOnlyList<string>? CaCertificates { get; init; }

    [Description("Names that the upstream's certificate must carry.")]
    public TlsSans? TlsSans { get; init; }

    [Description("A disabled service's routes are not served.")]
    public bool Enabled { get; init; } = true;
}

/// <summary>Subject alternative names that an upstream's certificate must carry.</summary>
sealed record TlsSans
{
    [Description("DNS names.")]
    public IReadOnlyList<string>? Dnsnames { get; init; }

    [Description("URIs.")]
    public IReadOnlyList<string>? Uris { get; init; }
}

enum ServiceProtocol
{
    [JsonStringEnumMemberName("http")] Http,
    [JsonStringEnumMemberName("https")] Https,
    [JsonStringEnumMemberName("grpc")] Grpc,
    [JsonStringEnumMemberName("grpcs")] Grpcs,
    [JsonStringEnumMemberName("tcp")] Tcp,
    [JsonStringEnumMemberName("tls")] Tls,
    [JsonStringEnumMemberName("tls_passthrough")] TlsPassthrough,
    [JsonStringEnumMemberName("udp")] Udp,
    [JsonStringEnumMemberName("ws")] Ws,
    [JsonStringEnumMemberName("wss")] Wss,
}
