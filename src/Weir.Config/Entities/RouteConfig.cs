using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>Which requests go to a service.</summary>
sealed record RouteConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public string? Name { get; init; }

    [Description("Protocols the route answers."), Set, MinLength(1), DefaultSince("3.14", """["https"]""")]
    public IReadOnlyList<RouteProtocol> Protocols { get; init; } = [RouteProtocol.Http, RouteProtocol.Https];

    [Description("Methods matched; null matches all."), Set, Format(TextFormat.Method)]
    public IReadOnlyList<string>? Methods { get; init; }

    [Description("Hosts matched, with an optional wildcard label at either end and an optional port."), Format(TextFormat.WildcardHost)]
    public IReadOnlyList<string>? Hosts { get; init; }

    [Description("Path prefixes, or regular expressions that start with '~'."), Format(TextFormat.RouterPath)]
    public IReadOnlyList<string>? Paths { get; init; }

    [Description("Headers matched: any of the listed values; a single value starting with '~*' is a regular expression.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Headers { get; init; }

    [Description("Server names of the TLS handshake."), Set, Format(TextFormat.Sni)]
    public IReadOnlyList<string>? Snis { get; init; }

    [Description("Sources of a stream connection."), Set]
    public IReadOnlyList<StreamPeer>? Sources { get; init; }

    [Description("Destinations of a stream connection."), Set]
    public IReadOnlyList<StreamPeer>? Destinations { get; init; }

    [Description("Status sent to a plain http request on a route that only serves https."), AllowedValues(426, 301, 302, 307, 308)]
    public int HttpsRedirectStatusCode { get; init; } = 426;

    [Description("Which regular expression wins when several match; higher first.")]
    public int RegexPriority { get; init; }

    [Description("Whether the matched part of the path is removed before the request goes upstream. Null means true, and false on grpc and grpcs routes.")]
    public bool? StripPath { get; init; }

    [Description("How service path and request path are joined. v1 is read and treated as v0, as in every router flavor but 'traditional'.")]
    public PathHandling PathHandling { get; init; } = PathHandling.V0;

    [Description("Whether the client's Host header is sent upstream.")]
    public bool PreserveHost { get; init; }

    [Description("Accepted for compatibility: requests always stream.")]
    public bool RequestBuffering { get; init; } = true;

    [Description("Accepted for compatibility: answers always stream.")]
    public bool ResponseBuffering { get; init; } = true;

    [Description("Expression of the router flavor 'expressions'; not supported by the flavor 'traditional_compatible'.")]
    public string? Expression { get; init; }

    [Description("Priority of an expression route.")]
    public long? Priority { get; init; }

    [Description("The service requests go to; a route without one must be answered by a plugin.")]
    public Reference? Service { get; init; }
}

/// <summary>An address and port of a stream connection; at least one of them.</summary>
sealed record StreamPeer
{
    [Description("Address or range."), Format(TextFormat.IpOrCidr)]
    public string? Ip { get; init; }

    [Description("Port."), Range(0, 65535)]
    public int? Port { get; init; }
}

enum PathHandling
{
    [JsonStringEnumMemberName("v0")] V0,
    [JsonStringEnumMemberName("v1")] V1,
}

enum RouteProtocol
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
