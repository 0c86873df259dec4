namespace Weir.Config;

/// <summary>Forms of host names.</summary>
static class HostFormat
{
    const int HostCharsMax = 253;

    /// <summary>A host name or address without port.</summary>
    public static string? Host(string text)
    {
        if (TextFormats.IsIp(text) || IsHostName(text))
            return null;
        return SplitPort(text).Port is not null && !text.Contains("://", StringComparison.Ordinal) ? "must not have a port" : $"invalid value: {text}";
    }

    /// <summary>A route's host: one wildcard label at either end, optional port.</summary>
    public static string? WildcardHost(string text)
    {
        var (host, port) = SplitPort(text);
        if (port is not null && !IsPort(port))
            return $"invalid value: {text}; the port is not a number between 1 and 65535";
        if (!host.Contains('*', StringComparison.Ordinal))
            return TextFormats.IsIp(host.Trim('[', ']')) || IsHostName(host) ? null : $"invalid value: {text}";
        if (host.Count(static c => c == '*') > 1)
            return "invalid wildcard: must have at most one wildcard";
        if (!host.StartsWith("*.", StringComparison.Ordinal) && !host.EndsWith(".*", StringComparison.Ordinal))
            return "invalid wildcard: must be placed at leftmost or rightmost label";
        return IsHostName(host.Replace("*", "wildcard", StringComparison.Ordinal)) ? null : $"invalid value: {text}";
    }

    /// <summary>A server name: a wildcard as first or last character, no address, no port.</summary>
    public static string? Sni(string text)
    {
        if (TextFormats.IsIp(text))
            return "must not be an IP";
        if (SplitPort(text).Port is not null)
            return "must not have a port";
        var stars = text.Count(static c => c == '*');
        if (stars > 1)
            return "only one wildcard must be specified";
        if (stars == 1 && text[0] != '*' && text[^1] != '*')
            return "wildcard must be leftmost or rightmost character";
        return text == "*" || IsHostName(text.Replace("*", "wildcard", StringComparison.Ordinal)) ? null : $"invalid value: {text}";
    }

    /// <summary>Splits <c>host:port</c> and <c>[ipv6]:port</c>; port null when there is none.</summary>
    public static (string Host, string? Port) SplitPort(string text)
    {
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            return close > 0 && close + 1 < text.Length && text[close + 1] == ':' ? (text[..(close + 1)], text[(close + 2)..]) : (text, null);
        }
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && text.IndexOf(':', colon + 1) < 0 ? (text[..colon], text[(colon + 1)..]) : (text, null);
    }

    public static bool IsPort(string text) => int.TryParse(text, out var port) && port is > 0 and <= 65535 && char.IsAsciiDigit(text[0]);

    /// <summary>
    /// Labels of letters, digits, '-' and '_', with an optional dot at the end. Labels may be longer than in DNS: upstreams have names of this form too.
    /// </summary>
    public static bool IsHostName(string text)
    {
        if (text.Length is 0 or > HostCharsMax)
            return false;
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                if (length == 0 || text[i - 1] == '-')
                    return false;
                length = 0;
                continue;
            }
            var good = char.IsAsciiLetterOrDigit(c) || c == '_' || (c == '-' && length > 0);
            if (!good)
                return false;
            length++;
        }
        return text[^1] != '-' && text != ".";
    }
}
