namespace Weir.Gateway.Plugins;

/// <summary>The parts of an origin (RFC 6454): <c>https://app.example.com:8443</c>.</summary>
readonly ref struct Origin
{
    const string SchemeEnd = "://";

    Origin(ReadOnlySpan<char> domain, ReadOnlySpan<char> host)
    {
        Domain = domain;
        Host = host;
    }

    /// <summary>Scheme, host and port without the port that the scheme implies; the text itself when it has no scheme.</summary>
    public ReadOnlySpan<char> Domain { get; }

    /// <summary>The host alone.</summary>
    public ReadOnlySpan<char> Host { get; }

    public static Origin Parse(ReadOnlySpan<char> text)
    {
        var schemeLength = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (schemeLength < 0) return new Origin(text, text);
        var scheme = text[..schemeLength];
        var authority = text[(schemeLength + SchemeEnd.Length)..];
        var end = authority.IndexOfAny("/?#");
        if (end >= 0) authority = authority[..end];
        var host = authority;
        var colon = authority.LastIndexOf(':');
        // A colon inside brackets belongs to an IPv6 address.
        if (colon >= 0 && colon > authority.LastIndexOf(']'))
        {
            host = authority[..colon];
            if (authority[(colon + 1)..].SequenceEqual(ImpliedPort(scheme))) authority = host;
        }
        return new Origin(text[..(schemeLength + SchemeEnd.Length + authority.Length)], host);
    }

    static ReadOnlySpan<char> ImpliedPort(ReadOnlySpan<char> scheme) => scheme switch
    {
        "http" => "80",
        "https" => "443",
        _ => default,
    };
}
