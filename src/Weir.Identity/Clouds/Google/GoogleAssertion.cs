using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Identity;

/// <summary>The signed statement for which Google gives a service account a token (RFC 7523, with RS256).</summary>
static class GoogleAssertion
{
    public const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>The longest life that Google accepts.</summary>
    static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public static string Make(GoogleKey key, DateTimeOffset now)
    {
        var head = Part(key, now, static (json, key, _) =>
        {
            json.WriteString("alg", "RS256");
            json.WriteString("typ", "JWT");
            if (key.KeyId is not null) json.WriteString("kid", key.KeyId);
        });
        var claims = Part(key, now, static (json, key, now) =>
        {
            json.WriteString("iss", key.ClientEmail);
            json.WriteString("scope", Scope);
            json.WriteString("aud", key.TokenUri.OriginalString);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + Life).ToUnixTimeSeconds());
        });
        using var rsa = RSA.Create();
        rsa.ImportFromPem(key.PrivateKey);
        var signature = rsa.SignData(Encoding.ASCII.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    static string Part(GoogleKey key, DateTimeOffset now, Action<Utf8JsonWriter, GoogleKey, DateTimeOffset> write)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json, key, now);
            json.WriteEndObject();
        }
        return Base64Url.EncodeToString(bytes.WrittenSpan);
    }
}
