using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Weir.Config;

/// <summary>Checks text against the formats that fields ask for. Texts of messages are Kong's where Kong has one.</summary>
static partial class TextFormats
{
    static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>What is wrong with the text, or null.</summary>
    /// <param name="format">The format asked for.</param>
    /// <param name="text">The text.</param>
    /// <param name="quote">Whether the message may show the text.</param>
    public static string? Problem(TextFormat format, string text, bool quote) => format switch
    {
        TextFormat.Uuid => IsUuid(text) ? null : "expected a valid UUID",
        TextFormat.Name => IsName(text) ? null : $"invalid value '{text}': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
        TextFormat.Tag => IsTag(text) ? null : $"invalid tag '{text}': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
        TextFormat.Host => HostFormat.Host(text),
        TextFormat.WildcardHost => HostFormat.WildcardHost(text),
        TextFormat.Sni => HostFormat.Sni(text),
        TextFormat.Path => PathFormat.Path(text),
        TextFormat.RouterPath => PathFormat.RouterPath(text),
        TextFormat.Method => text.AsSpan().ContainsAnyExceptInRange('A', 'Z') ? $"invalid value: {text}; expected a method in capital letters" : null,
        TextFormat.HeaderName => IsToken(text) ? null : $"bad header name '{text}', allowed characters are A-Z, a-z, 0-9 and !#$%&'*+-.^_`|~",
        TextFormat.Url => UrlProblem(text, quote),
        TextFormat.IpOrCidr => IsIpOrCidr(text) ? null : $"invalid ip or cidr range: '{text}'",
        TextFormat.Regex => PathFormat.Regex(text),
        TextFormat.HeaderPair => PairProblem(text, headerName: true),
        TextFormat.Pair => PairProblem(text, headerName: false),
        TextFormat.PemCertificate => IsPemCertificate(text) ? null : "invalid certificate: expected a PEM certificate (-----BEGIN CERTIFICATE-----)",
        TextFormat.PemKey => IsPemKey(text) ? null : "invalid key: expected a PEM private key (-----BEGIN PRIVATE KEY-----)",
        _ => null,
    };

    public static bool IsUuid(string text)
    {
        if (text.Length != 36)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            var good = i is 8 or 13 or 18 or 23 ? text[i] == '-' : text[i] is (>= '0' and <= '9') or (>= 'a' and <= 'f');
            if (!good)
                return false;
        }
        return true;
    }

    static bool IsName(string text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or '~') && (c < 0x80 || char.IsSurrogate(c) && !HasPairedSurrogates(text)))
                return false;
        return true;
    }

    static bool IsTag(string text)
    {
        foreach (var c in text)
            if (c is < ' ' or ',' or '/' or '\x7f' || (char.IsSurrogate(c) && !HasPairedSurrogates(text)))
                return false;
        return true;
    }

    static bool HasPairedSurrogates(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))
                return false;
        }
        return true;
    }

    public static bool IsToken(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    static string? UrlProblem(string text, bool quote)
    {
        var good = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;
        return good ? null : $"{(quote ? $"invalid url '{text}'" : "invalid url")}: expected an absolute http or https URL";
    }

    static bool IsIpOrCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        if (!IsIp(address))
            return false;
        return slash < 0 || (IsPlainNumber(text.AsSpan(slash + 1), out var bits) && bits <= (address.Contains(':', StringComparison.Ordinal) ? 128 : 32));
    }

    /// <summary>Whether the text is an address in its full form: 10.0.0.1, not 10.1.</summary>
    public static bool IsIp(string text) => text.Contains(':', StringComparison.Ordinal)
        ? !text.Contains('%', StringComparison.Ordinal) && !text.StartsWith('[') && IPAddress.TryParse(text, out _)
        : DottedQuad().IsMatch(text);

    static bool IsPlainNumber(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        return text.Length is > 0 and <= 3 && !text.ContainsAnyExceptInRange('0', '9') && int.TryParse(text, out value);
    }

    static string? PairProblem(string text, bool headerName)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            return $"invalid value: {text}; expected name:value";
        return headerName && !IsToken(text[..colon]) ? Problem(TextFormat.HeaderName, text[..colon], quote: true) : null;
    }

    static bool IsPemCertificate(string text)
    {
        // The whole chain: a broken second certificate would otherwise only show when the first handshake needs it.
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(text);
            return chain.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (var certificate in chain)
                certificate.Dispose();
        }
    }

    static bool IsPemKey(string text)
    {
        using var key = PemKeys.Private(text);
        return key is not null;
    }

    [GeneratedRegex("""^(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}$""")]
    private static partial Regex DottedQuad();
}
