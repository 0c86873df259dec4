using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Weir.Control;

/// <summary>A signed token (RFC 7519) as it comes: read before anything of it is believed.</summary>
sealed class OidcToken
{
    /// <summary>Longest token that is looked at.</summary>
    public const int CharsMax = 16 * 1024;

    const int GroupsMax = 1000;
    const int NameCharsMax = 256;

    /// <summary>How far clocks may differ.</summary>
    static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(60);

    readonly JsonElement _claims;

    OidcToken(string keyId, string algorithm, byte[] signed, byte[] signature, JsonElement claims) =>
        (KeyId, Algorithm, Signed, Signature, _claims) = (keyId, algorithm, signed, signature, claims);

    public string KeyId { get; }

    public string Algorithm { get; }

    public byte[] Signed { get; }

    public byte[] Signature { get; }

    public static bool Looks(string text) => text.StartsWith("ey", StringComparison.Ordinal) && text.Count(static letter => letter == '.') == 2;

    /// <summary>The token; null when it is none.</summary>
    public static OidcToken? Read(string text)
    {
        if (text.Length > CharsMax || text.Split('.') is not [var head, var body, var signature]) return null;
        if (!Base64Url.IsValid(head) || !Base64Url.IsValid(body) || !Base64Url.IsValid(signature)) return null;
        try
        {
            var header = Record(head);
            // What has to be understood and is not makes the token invalid (RFC 7515 §4.1.11).
            if (header.TryGetProperty("crit", out _)) return null;
            if (Text(header, "kid") is not { } id || Text(header, "alg") is not { } algorithm) return null;
            var signed = Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]);
            return new OidcToken(id, algorithm, signed, Base64Url.DecodeFromChars(signature), Record(body));
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Who shows it; null when it is not from this provider, not for this audience, or not for this moment.</summary>
    public OidcIdentity? Identity(OidcSettings settings, DateTimeOffset now)
    {
        if (Text(_claims, "iss") != settings.Issuer || !Texts("aud").Contains(settings.Audience)) return null;
        if (Seconds("exp") is not { } end || now >= end + SkewMax) return null;
        if ((Has("nbf") && (Seconds("nbf") is not { } start || now < start - SkewMax)) || Text(_claims, "sub") is not { Length: > 0 } subject) return null;
        var name = Text(_claims, settings.NameClaim) ?? subject;
        return new OidcIdentity(subject, name.Length > NameCharsMax ? name[..NameCharsMax] : name, [.. Texts(settings.GroupsClaim).Take(GroupsMax)]);
    }

    static JsonElement Record(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("a record is expected");
        return document.RootElement.Clone();
    }

    bool Has(string claim) => _claims.TryGetProperty(claim, out _);

    DateTimeOffset? Seconds(string claim) =>
        _claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
        && seconds is >= 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;

    /// <summary>One text, or a list of them.</summary>
    IEnumerable<string> Texts(string claim)
    {
        if (!_claims.TryGetProperty(claim, out var value)) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        return value.ValueKind != JsonValueKind.Array ? []
            : value.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!);
    }

    static string? Text(JsonElement record, string field) =>
        record.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
