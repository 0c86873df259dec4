using System.Globalization;

namespace Weir.Config;

/// <summary>The shorthand <c>url</c> of services: protocol, host, port and path in one. It wins over the single fields.</summary>
static class ServiceUrl
{
    static readonly Dictionary<string, int> Ports = new(StringComparer.Ordinal)
    {
        ["http"] = 80,
        ["https"] = 443,
        ["grpc"] = 80,
        ["grpcs"] = 443,
        ["tcp"] = 80,
        ["tls"] = 443,
        ["tls_passthrough"] = 443,
        ["udp"] = 80,
        ["ws"] = 80,
        ["wss"] = 443,
    };

    public static MapNode Expand(MapNode node, Report report)
    {
        if (node.Find("url") is not { } url)
            return node;
        var rest = node.Without("url");
        if (url is ScalarNode { Kind: ScalarKind.Null })
            return rest;
        if (url is not ScalarNode { Kind: ScalarKind.Text } text || Split(text.Text) is not { } parts)
        {
            report.Error(url.Place, new Row(EntityKinds.Services, rest, null).Label, "url", "expected a URL such as http://host:8080/path");
            return rest.With("host", new ScalarNode(url.Place, ScalarKind.Text, "invalid"));
        }
        rest = rest
            .With("protocol", Text(url, parts.Protocol))
            .With("host", Text(url, parts.Host))
            .With("port", new ScalarNode(url.Place, ScalarKind.Integer, parts.Port.ToString(CultureInfo.InvariantCulture)));
        return parts.Path.Length == 0 ? rest.Without("path") : rest.With("path", Text(url, parts.Path));
    }

    static ScalarNode Text(Node url, string text) => new(url.Place, ScalarKind.Text, text);

    // System.Uri knows neither grpc nor names with underscores, and it rewrites what it reads: the parts are taken as they are.
    static (string Protocol, string Host, int Port, string Path)? Split(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || !Ports.TryGetValue(url[..scheme].ToLowerInvariant(), out var port))
            return null;
        var rest = url[(scheme + 3)..];
        var end = rest.AsSpan().IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        var path = end < 0 || rest[end] != '/' ? "" : rest[end..].Split('?', '#')[0];
        var (host, ownPort) = HostFormat.SplitPort(authority);
        if (host.Length == 0 || host.Contains('@', StringComparison.Ordinal) || (ownPort is not null && !HostFormat.IsPort(ownPort)))
            return null;
        return (url[..scheme].ToLowerInvariant(), host.Trim('[', ']'), ownPort is null ? port : int.Parse(ownPort, CultureInfo.InvariantCulture), path);
    }
}
