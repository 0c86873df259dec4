using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Server;

/// <summary>
/// Checks signatures of AWS (version 4) the way the receiver does: from the bytes of the request line and the headers that came. All keys of the mock have
/// the same secret.
/// </summary>
static class BedrockSignature
{
    /// <summary>The secret of every key.</summary>
    public const string Secret = "not a secret";

    const string Scheme = "AWS4-HMAC-SHA256 ";

    /// <summary>Whether the request is signed at all.</summary>
    public static bool IsSigned(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>The id of the key, whatever the signature is; null when the header is broken.</summary>
    public static string? KeyOf(HttpRequest request) =>
        Parts(request) is { } parts && parts.Scope is [_, _, _, "bedrock", "aws4_request"] ? parts.Scope[0] : null;

    /// <summary>Whether the signature is that of the key's owner, for this request.</summary>
    public static bool IsGood(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (Parts(request) is not { } parts || parts.Scope.Length != 5) return false;
        if (!parts.Names.Contains("host") || !parts.Names.Contains("x-amz-date")) return false;
        var digest = Convert.ToHexStringLower(SHA256.HashData(body));
        if (request.Headers["x-amz-content-sha256"] is [{ } claimed] && claimed != digest) return false;
        var canonical = new StringBuilder().Append(request.Method).Append('\n');
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        canonical.Append(string.Join('/', target[0].Split('/').Select(Encoded))).Append('\n');
        canonical.Append(string.Join('&', (target.Length > 1 ? target[1] : "").Split('&').Order(StringComparer.Ordinal))).Append('\n');
        foreach (var name in parts.Names)
            canonical.Append(name).Append(':').Append(string.Join(',', request.Headers[name].Select(static value => value!.Trim()))).Append('\n');
        canonical.Append('\n').Append(string.Join(';', parts.Names)).Append('\n').Append(digest);
        var scope = string.Join('/', parts.Scope.Skip(1));
        var hashed = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        var text = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{scope}\n{hashed}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(Key(parts.Scope), Encoding.UTF8.GetBytes(text))) == parts.Signature;
    }

    static byte[] Key(string[] scope)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in scope.Skip(1)) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return key;
    }

    static string Encoded(string segment) => string.Concat(segment.Select(static c => c switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '-' or '_' or '.' or '~' => c.ToString(),
        _ => string.Create(CultureInfo.InvariantCulture, $"%{(int)c:X2}"),
    }));

    static (string[] Scope, string[] Names, string Signature)? Parts(HttpRequest request)
    {
        if (!IsSigned(request)) return null;
        var fields = new Dictionary<string, string>();
        foreach (var field in request.Headers.Authorization.ToString()[Scheme.Length..].Split(','))
            if (field.Trim().Split('=', 2) is [var name, var value]) fields[name] = value;
        return fields.TryGetValue("Credential", out var credential) && fields.TryGetValue("SignedHeaders", out var names)
            && fields.TryGetValue("Signature", out var signature)
            ? (credential.Split('/'), names.Split(';'), signature)
            : null;
    }
}
