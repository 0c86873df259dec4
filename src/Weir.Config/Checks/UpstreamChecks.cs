namespace Weir.Config;

static class UpstreamChecks
{
    public static void Check(Row row, UpstreamConfig upstream, Report report)
    {
        if (NameProblem(upstream.Name) is { } problem)
            report.Error(row, "name", $"Invalid name ('{upstream.Name}'); {problem}");
        if (upstream.HostHeader is { } host && HostHeaderProblem(host) is { } refused)
            report.Error(row, "host_header", refused);
        CheckHashing(row, upstream, report);
        foreach (var name in upstream.Healthchecks.Active.Headers?.Keys ?? [])
            if (TextFormats.Problem(TextFormat.HeaderName, name, quote: true) is { } bad)
                report.Error(row, "healthchecks.active.headers." + name, bad);
    }

    static string? NameProblem(string name)
    {
        if (TextFormats.IsIp(name.Trim('[', ']')))
            return "no ip addresses allowed";
        if (HostFormat.SplitPort(name).Port is not null)
            return "no port allowed";
        return HostFormat.IsHostName(name) ? null : "must be a valid hostname";
    }

    static string? HostHeaderProblem(string host) => host.Contains('*', StringComparison.Ordinal) ? "no wildcard allowed" : HostFormat.WildcardHost(host);

    static void CheckHashing(Row row, UpstreamConfig upstream, Report report)
    {
        var fallback = upstream.HashFallback;
        CheckInput(row, "hash_on", upstream.HashOn, upstream.HashOnHeader, upstream.HashOnQueryArg, upstream.HashOnUriCapture, report);
        CheckInput(row, "hash_fallback", fallback, upstream.HashFallbackHeader, upstream.HashFallbackQueryArg, upstream.HashFallbackUriCapture, report);
        if ((upstream.HashOn == HashInput.Cookie || fallback == HashInput.Cookie) && upstream.HashOnCookie is null)
            report.Error(row, "hash_on_cookie", "required field missing: it names the cookie that is hashed");
        if (fallback == HashInput.None)
            return;
        if (upstream.HashOn is HashInput.None or HashInput.Cookie)
            report.Error(row, "hash_fallback", "failed conditional validation given value of field 'hash_on': expected none when 'hash_on' is none or cookie");
        if (fallback == upstream.HashOn && upstream.HashOn is HashInput.Consumer or HashInput.Ip or HashInput.Path)
            report.Error(row, "hash_fallback", "failed conditional validation given value of field 'hash_on': must differ from it");
        CheckDistinct(row, "header", upstream.HashOnHeader, upstream.HashFallbackHeader, report);
        CheckDistinct(row, "query_arg", upstream.HashOnQueryArg, upstream.HashFallbackQueryArg, report);
        CheckDistinct(row, "uri_capture", upstream.HashOnUriCapture, upstream.HashFallbackUriCapture, report);
    }

    static void CheckInput(Row row, string field, HashInput input, string? header, string? queryArg, string? uriCapture, Report report)
    {
        var (suffix, value) = input switch
        {
            HashInput.Header => ("_header", header),
            HashInput.QueryArg => ("_query_arg", queryArg),
            HashInput.UriCapture => ("_uri_capture", uriCapture),
            _ => ("", ""),
        };
        if (value is null)
            report.Error(row, field + suffix, $"required field missing: '{field}' says that it is hashed");
    }

    static void CheckDistinct(Row row, string what, string? on, string? fallback, Report report)
    {
        if (on is not null && string.Equals(on, fallback, StringComparison.OrdinalIgnoreCase))
            report.Error(row, "hash_fallback_" + what, $"values of these fields must be distinct: 'hash_on_{what}', 'hash_fallback_{what}'");
    }
}
