using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Control;

/// <summary>One server of an OpenAPI document, its variables put in; what the URL does not say is null or empty.</summary>
sealed partial record ServerUrl(string? Scheme, string Host, int? Port, string Path)
{
    const string Https = "https";
    const string Http = "http";

    public int PortOrDefault => Port ?? (Scheme == Http ? 80 : 443);

    /// <summary>The target of an upstream.</summary>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"{Host}:{PortOrDefault}");

    /// <summary>With a scheme: of the port when that says it, otherwise the one given.</summary>
    public ServerUrl WithScheme(string otherwise) =>
        Scheme is not null ? this : this with { Scheme = Port switch { 80 => Http, 443 => Https, _ => otherwise } };

    /// <summary>The URLs of a list of servers; one for '/' when there is none.</summary>
    public static IReadOnlyList<ServerUrl> Read(IReadOnlyList<MapNode> servers, Report report)
    {
        if (servers.Count == 0) return [new ServerUrl(null, "localhost", null, "/")];
        return [.. servers.Select(server => Read(server, report)).OfType<ServerUrl>()];
    }

    static ServerUrl? Read(MapNode server, Report report)
    {
        if (server.FindText("url") is not { } url)
        {
            report.Error(server.Place, "", "servers", "the url of the server is missing");
            return null;
        }
        foreach (var variable in (server.Find("variables") as MapNode)?.Entries ?? [])
            url = url.Replace("{" + variable.Key + "}", (variable.Value as MapNode)?.Find("default").Scalar() ?? "", StringComparison.Ordinal);
        var place = server.Find("url")!.Place;
        var match = Form().Match(url);
        var port = 0;
        var hasPort = match.Groups["port"].Length > 0;
        if (!match.Success || (hasPort && (!int.TryParse(match.Groups["port"].Value, CultureInfo.InvariantCulture, out port) || port > ushort.MaxValue)))
        {
            report.Error(place, "", "servers", $"'{url}' is no URL that begins with a scheme or a slash");
            return null;
        }
        if (url.Contains('{', StringComparison.Ordinal)) report.Error(place, "", "servers", $"'{url}' has a variable without a default");
        return new ServerUrl(
            match.Groups["scheme"].Success ? match.Groups["scheme"].Value.ToLowerInvariant() : null,
            match.Groups["host"].Length > 0 ? match.Groups["host"].Value : "localhost",
            hasPort ? port : null,
            match.Groups["path"].Length > 0 ? match.Groups["path"].Value : "/");
    }

    [GeneratedRegex("""
        ^(?:(?:(?<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?//(?:[^/?\#@]*@)?(?<host>\[[0-9a-fA-F:.]+\]|[^/?\#:\s]*)(?::(?<port>[0-9]*))?)?
        (?<path>/[^?\#\s]*)?(?:[?\#]\S*)?$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
