using System.Security.Cryptography;
using System.Text.Json;

namespace Weir.Identity;

/// <summary>The key file of a Google service account. Never shown: its text is the account alone.</summary>
sealed record GoogleKey(string ClientEmail, string PrivateKey, string? KeyId, Uri TokenUri)
{
    public const int KeyBitsMin = 2048;

    public static readonly Uri DefaultTokenUri = new("https://oauth2.googleapis.com/token");

    const string Expected = "the JSON key file of a service account is expected";

    /// <summary>Reads a key file; null after problems were told, without anything of what it holds.</summary>
    public static GoogleKey? Read(string json, Action<string> tell)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, tell);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            tell($"is not JSON: {Expected}");
            return null;
        }
    }

    public override string ToString() => ClientEmail;

    static GoogleKey? Read(JsonElement root, Action<string> tell)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            tell($"is not a JSON object: {Expected}");
            return null;
        }
        var told = false;
        void Tell(string problem)
        {
            told = true;
            tell(problem);
        }
        if (Text(root, "type", Tell) is { } type && type != "service_account") Tell("type is not 'service_account': no other kind is supported");
        var email = Text(root, "client_email", Tell);
        var key = Text(root, "private_key", Tell);
        if (key is not null && ProblemOf(key) is { } wrong) Tell("private_key " + wrong);
        var id = root.TryGetProperty("private_key_id", out _) ? Text(root, "private_key_id", Tell) : null;
        Uri? uri = DefaultTokenUri;
        var url = root.TryGetProperty("token_uri", out _) ? Text(root, "token_uri", Tell) : null;
        if (url is not null && !TryUrl(url, out uri)) Tell("token_uri is no absolute http or https URL");
        return told ? null : new GoogleKey(email!, key!, id, uri!);
    }

    /// <summary>Whether a text is an absolute http or https URL.</summary>
    public static bool TryUrl(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);

    static string? Text(JsonElement root, string name, Action<string> tell)
    {
        if (root.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String && field.GetString() is { Length: > 0 } text) return text;
        tell($"{name} is missing or no text: {Expected}");
        return null;
    }

    static string? ProblemOf(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            if (rsa.KeySize < KeyBitsMin) return $"has {rsa.KeySize} bits; at least {KeyBitsMin} are expected";
            // A public key is imported as well as a private one; only the latter signs.
            rsa.SignHash(new byte[SHA256.HashSizeInBytes], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return "cannot be read: the RSA key in PEM from the key file is expected, with its line breaks as \\n";
        }
    }
}
