using System.Globalization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Telemetry;

namespace Weir.Gateway;

sealed partial class LogSerializer
{
    /// <summary>Headers and arguments beyond this number are not logged: the limit of Kong's tables.</summary>
    const int NamesMax = 100;

    void WriteRequest(Exchange exchange)
    {
        var request = exchange.Http.Request;
        _json.WriteStartObject("request"u8);
        _json.WriteString("id"u8, exchange.RequestId);
        _json.WriteString("uri"u8, exchange.RawTarget);
        WriteUrl(exchange);
        WriteQuery(exchange.RawTarget);
        _json.WriteString("method"u8, exchange.Method);
        WriteHeaders(request.Headers, hidesCredentials: true);
        _json.WriteNumber("size"u8, exchange.RequestBytes);
        WriteTls(exchange.Http);
        _json.WriteEndObject();
    }

    void WriteUrl(Exchange exchange)
    {
        var host = exchange.Http.Request.Headers.Host;
        var name = HostName(host.Count > 0 ? host[0] : null);
        Span<char> port = stackalloc char[16];
        exchange.Http.Connection.LocalPort.TryFormat(port, out var length, default, CultureInfo.InvariantCulture);
        _json.WritePropertyName("url"u8);
        _json.WriteStringValueSegment(exchange.Scheme, isFinalSegment: false);
        _json.WriteStringValueSegment("://", isFinalSegment: false);
        _json.WriteStringValueSegment(name, isFinalSegment: false);
        _json.WriteStringValueSegment(":", isFinalSegment: false);
        _json.WriteStringValueSegment(port[..length], isFinalSegment: false);
        _json.WriteStringValueSegment(exchange.RawTarget, isFinalSegment: true);
    }

    static ReadOnlySpan<char> HostName(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        // In "[::1]" the last colon belongs to the address.
        return colon < 0 || host[colon..].Contains(']') ? host : host[..colon];
    }

    /// <summary>Names are lower case; repeated lines become an array.</summary>
    void WriteHeaders(IHeaderDictionary headers, bool hidesCredentials)
    {
        Span<char> lower = stackalloc char[128];
        _json.WriteStartObject("headers"u8);
        var count = 0;
        foreach (var (name, values) in headers)
        {
            if (++count > NamesMax) break;
            if (name.Length <= lower.Length) _json.WritePropertyName(lower[..name.AsSpan().ToLowerInvariant(lower)]);
            else _json.WritePropertyName(name.ToLowerInvariant());
            if (hidesCredentials && IsCredential(name)) _json.WriteStringValue("REDACTED"u8);
            else WriteValues(values);
        }
        _json.WriteEndObject();
    }

    static bool IsCredential(string name) =>
        name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase);

    /// <summary>The arguments by name: text, <c>true</c> for an argument without '=', an array for a name that comes more than once.</summary>
    void WriteQuery(string target)
    {
        _json.WriteStartObject("querystring"u8);
        var mark = target.IndexOf('?');
        if (mark >= 0 && mark < target.Length - 1) WriteArguments(LoggedQuery.Parse(target.AsSpan(mark + 1), NamesMax));
        _json.WriteEndObject();
    }

    void WriteArguments(List<(string Name, List<string?> Values)> arguments)
    {
        foreach (var (name, values) in arguments)
        {
            _json.WritePropertyName(name);
            if (values.Count > 1) _json.WriteStartArray();
            foreach (var value in values)
                if (value is null) _json.WriteBooleanValue(true);
                else _json.WriteStringValue(value);
            if (values.Count > 1) _json.WriteEndArray();
        }
    }

    void WriteTls(HttpContext http)
    {
        if (http.Features.Get<ITlsHandshakeFeature>() is not { } tls) return;
        _json.WriteStartObject("tls"u8);
        _json.WriteString("version"u8, TlsVersions.Label(tls.Protocol));
        if (tls.NegotiatedCipherSuite is { } cipher) _json.WriteString("cipher"u8, cipher.ToString());
        _json.WriteString("client_verify"u8, http.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is null ? "NONE"u8 : "SUCCESS"u8);
        _json.WriteEndObject();
    }
}
