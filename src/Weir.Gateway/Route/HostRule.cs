using System.Globalization;

namespace Weir.Gateway;

enum HostKind
{
    Exact,

    /// <summary>"*.example.com": matches what ends with ".example.com".</summary>
    Suffix,

    /// <summary>"example.*": matches what starts with "example.".</summary>
    Prefix,
}

/// <summary>One host of a route, taken apart.</summary>
/// <param name="Kind">How the name is compared.</param>
/// <param name="Name">Lower case, without the asterisk and without port; keeps the dot beside the asterisk.</param>
/// <param name="Port">Port the request must ask for, or <see cref="AnyPort"/>.</param>
readonly record struct HostRule(HostKind Kind, string Name, int Port)
{
    public const int AnyPort = -1;

    public static HostRule Parse(string host)
    {
        Split(host, out var name, out var port);
        var text = name.ToString().ToLowerInvariant();
        if (text.StartsWith('*')) return new(HostKind.Suffix, text[1..], port);
        return text.EndsWith('*') ? new(HostKind.Prefix, text[..^1], port) : new(HostKind.Exact, text, port);
    }

    /// <summary>Splits "name:port" and "[address]:port". What is not a port after the colon belongs to the name, and so matches nothing.</summary>
    public static void Split(ReadOnlySpan<char> host, out ReadOnlySpan<char> name, out int port)
    {
        name = host;
        port = AnyPort;
        var colon = host is ['[', ..] ? host.LastIndexOf("]:") + 1 : host.IndexOf(':');
        if (colon <= 0) return;
        var digits = host[(colon + 1)..];
        if (digits.IsEmpty)
        {
            name = host[..colon];
        }
        else if (ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
        {
            name = host[..colon];
            port = parsed;
        }
    }
}
