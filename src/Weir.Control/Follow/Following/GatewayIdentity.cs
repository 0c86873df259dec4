using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Control;

/// <summary>What a gateway is to its control plane: its id, its certificate with the key, the authority that it trusts. Kept in its folder, sealed.</summary>
sealed record GatewayIdentity(Guid Id, string Authority, string Certificate, string Key)
{
    public const string FileName = "identity";

    /// <summary>What the seal vouches for: an identity cannot be put in the place of something else.</summary>
    static ReadOnlySpan<byte> Context => "weir gateway identity 1"u8;

    /// <summary>The certificate with its key.</summary>
    /// <exception cref="CryptographicException">They are none.</exception>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPem(Certificate, Key);

    public X509Certificate2 LoadAuthority() => X509Certificate2.CreateFromPem(Authority);

    /// <summary>A new key, and the request to certify it.</summary>
    public static (string KeyPem, byte[] SigningRequest) NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=weir-gateway", key, HashAlgorithmName.SHA256);
        return (key.ExportPkcs8PrivateKeyPem(), request.CreateSigningRequest());
    }

    /// <summary>Whether two thirds of its certificate's life are over.</summary>
    public static bool IsDue(X509Certificate2 certificate, DateTimeOffset now)
    {
        var (from, to) = (new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        return now >= from + ((to - from) * 2 / 3);
    }

    /// <summary>The identity in a folder; null when there is none.</summary>
    /// <exception cref="JournalUnusableException">It is sealed with a key that is not there.</exception>
    /// <exception cref="IOException">It cannot be read, or was changed.</exception>
    public static GatewayIdentity? Read(GatewayFolder folder)
    {
        if (folder.ReadSealed(FileName, Context) is not { } json) return null;
        try
        {
            return JsonSerializer.Deserialize(json, GatewayIdentityJson.Default.GatewayIdentity);
        }
        catch (JsonException broken)
        {
            throw new IOException($"{folder.PathOf(FileName)} is no identity of a gateway: {broken.Message}");
        }
    }

    public void Write(GatewayFolder folder) =>
        folder.WriteSealed(FileName, JsonSerializer.SerializeToUtf8Bytes(this, GatewayIdentityJson.Default.GatewayIdentity), Context);
}

[JsonSerializable(typeof(GatewayIdentity))]
sealed partial class GatewayIdentityJson : JsonSerializerContext;
