using static Weir.Config.RouteProtocol;

namespace Weir.Config;

/// <summary>Which matchers a route needs and may have, by its protocols.</summary>
static class RouteChecks
{
    static readonly RouteProtocol[][] Families = [[Http, Https], [Tcp, Tls, Udp], [TlsPassthrough], [Grpc, Grpcs], [Ws, Wss]];

    static readonly string FamilyNames =
        string.Join(", ", Families.Select(static family => $"({string.Join(", ", family.Select(static protocol => $"'{NameOf(protocol)}'"))})"));

    public static void Check(Row row, RouteConfig route, Report report)
    {
        if (route.Expression is not null)
        {
            report.Error(row, "expression",
                "Weir does not support expression routes yet (router flavor 'expressions'): use hosts, paths, methods, headers, snis");
            return;
        }
        if (Families.Count(family => family.Any(route.Protocols.Contains)) > 1)
        {
            report.Error(row, "protocols", $"these sets are mutually exclusive: {FamilyNames}");
            return;
        }
        if (route.Protocols.Any(IsStream))
            report.Warning(row, "protocols", "stream protocols are not served yet; this route will never match");
        CheckRequired(row, route, report);
        CheckForbidden(row, route, report);
        CheckHeaders(row, route, report);
        CheckPeers(row, "sources", route.Sources, report);
        CheckPeers(row, "destinations", route.Destinations, report);
    }

    static void CheckRequired(Row row, RouteConfig route, Report report)
    {
        var (matchers, when) = route.Protocols switch
        {
            var p when p.Contains(Https) => (["methods", "hosts", "headers", "paths", "snis"], "'https'"),
            var p when p.Contains(Http) => (["methods", "hosts", "headers", "paths"], "'http'"),
            var p when p.Contains(Grpcs) => (["hosts", "headers", "paths", "snis"], "'grpcs'"),
            var p when p.Contains(Grpc) => (["hosts", "headers", "paths"], "'grpc'"),
            var p when p.Contains(Wss) => (["hosts", "headers", "paths", "snis"], "'wss'"),
            var p when p.Contains(Ws) => (["hosts", "headers", "paths"], "'ws'"),
            var p when p.Contains(TlsPassthrough) => (["snis"], "'tls_passthrough'"),
            _ => (new[] { "sources", "destinations", "snis" }, "'tcp', 'tls' or 'udp'"),
        };
        if (!matchers.Any(matcher => IsSet(route, matcher)))
            report.Error(row, "", $"must set one of {Quoted(matchers)} when 'protocols' is {when}");
    }

    static void CheckForbidden(Row row, RouteConfig route, Report report)
    {
        if (route.Protocols.All(IsStream))
            Forbid(["methods", "hosts", "headers", "paths"], "'tcp', 'tls', 'tls_passthrough' or 'udp'");
        else
            Forbid(["sources", "destinations"], "'http', 'https', 'grpc', 'grpcs', 'ws' or 'wss'");
        if (route.Protocols.All(static protocol => protocol is Grpc or Grpcs))
        {
            Forbid(["methods"], "'grpc' or 'grpcs'");
            if (route.StripPath == true)
                report.Error(row, "strip_path", "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'");
        }
        if (route.Protocols.All(static protocol => protocol is Ws or Wss))
            Forbid(["methods"], "'ws' or 'wss'");
        if (IsSet(route, "snis") && !route.Protocols.Any(static protocol => protocol is Https or Grpcs or Tls or TlsPassthrough or Wss))
            report.Error(row, "snis", "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'");

        void Forbid(string[] fields, string when)
        {
            foreach (var field in fields)
                if (IsSet(route, field))
                    report.Error(row, field, $"cannot set '{field}' when 'protocols' is {when}");
        }
    }

    static bool IsStream(RouteProtocol protocol) => protocol is Tcp or Tls or Udp or TlsPassthrough;

    static void CheckHeaders(Row row, RouteConfig route, Report report)
    {
        const string regexStart = "~*";
        foreach (var (name, values) in route.Headers ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            if (name.Equals("host", StringComparison.OrdinalIgnoreCase))
                report.Error(row, "headers." + name, "cannot contain 'host' header, which must be specified in the 'hosts' attribute");
            else if (TextFormats.Problem(TextFormat.HeaderName, name, quote: true) is { } problem)
                report.Error(row, "headers." + name, problem);
            if (values.Count == 0)
                report.Error(row, "headers." + name, "length must be at least 1");
            else if (values is [var only] && only.StartsWith(regexStart, StringComparison.Ordinal)
                && PathFormat.RouterRegex(only[regexStart.Length..], isPath: false) is { } refused)
                report.Error(row, $"headers.{name}[0]", refused);
        }
    }

    static void CheckPeers(Row row, string field, IReadOnlyList<StreamPeer>? peers, Report report)
    {
        for (var i = 0; i < peers?.Count; i++)
            if (peers[i] is { Ip: null, Port: null })
                report.Error(row, $"{field}[{i}]", "at least one of these fields must be non-empty: 'ip', 'port'");
    }

    static bool IsSet(RouteConfig route, string matcher) => matcher switch
    {
        "methods" => route.Methods is { Count: > 0 },
        "hosts" => route.Hosts is { Count: > 0 },
        "headers" => route.Headers is { Count: > 0 },
        "paths" => route.Paths is { Count: > 0 },
        "snis" => route.Snis is { Count: > 0 },
        "sources" => route.Sources is { Count: > 0 },
        _ => route.Destinations is { Count: > 0 },
    };

    static string Quoted(IEnumerable<string> fields) => string.Join(", ", fields.Select(static field => $"'{field}'"));

    /// <summary>The protocol as files write it.</summary>
    public static string NameOf(RouteProtocol protocol) => protocol == TlsPassthrough ? "tls_passthrough" : protocol.ToString().ToLowerInvariant();
}
