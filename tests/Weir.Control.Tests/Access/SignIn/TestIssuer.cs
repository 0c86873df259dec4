using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Control.Tests;

/// <summary>An OpenID provider without a network.</summary>
sealed class TestIssuer : HttpMessageHandler
{
    public const string Address = "https://id.example/realm";
    public const string Audience = "weir";

    readonly RSA _rsa = RSA.Create(2048);
    readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>What it says it is called.</summary>
    public string Says { get; set; } = Address;

    public string KeysAt { get; set; } = Address + "/keys";

    public string KeyId { get; set; } = "one";

    public bool IsAway { get; set; }

    public int Asked { get; private set; }

    public OidcProvider Provider(TimeProvider time) =>
        new(new OidcSettings { Issuer = Address, Audience = Audience }, this, time, NullLogger.Instance);

    /// <summary>A token; what is said of it goes before what is usual.</summary>
    public string Token(TimeProvider time, string algorithm = "RS256", JsonObject? claims = null, JsonObject? header = null)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = algorithm, ["kid"] = KeyId + algorithm[..1] };
        var body = new JsonObject
        {
            ["iss"] = Address,
            ["aud"] = Audience,
            ["sub"] = "s-1",
            ["exp"] = now + 300,
            ["preferred_username"] = "anna",
            ["groups"] = new JsonArray("orders-devs"),
        };
        foreach (var (name, value) in header ?? []) head[name] = value?.DeepClone();
        foreach (var (name, value) in claims ?? []) body[name] = value?.DeepClone();
        var signed = Part(head) + "." + Part(body);
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm[0] switch
        {
            'R' => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            'P' => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            'E' => _ec.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            'H' => HMACSHA256.HashData(Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()), bytes),
            _ => [],
        };
        return signed + "." + Base64Url.EncodeToString(signature);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked++;
        if (IsAway) throw new HttpRequestException("nobody there");
        JsonObject? answer = request.RequestUri!.AbsoluteUri switch
        {
            Address + "/.well-known/openid-configuration" => new() { ["issuer"] = Says, ["jwks_uri"] = KeysAt },
            Address + "/keys" => Keys(),
            _ => null,
        };
        return Task.FromResult(answer is null ? new HttpResponseMessage(HttpStatusCode.NotFound)
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString()) });
    }

    protected override void Dispose(bool disposing)
    {
        _rsa.Dispose();
        _ec.Dispose();
        base.Dispose(disposing);
    }

    JsonObject Keys()
    {
        var (rsa, ec) = (_rsa.ExportParameters(false), _ec.ExportParameters(false));
        JsonObject Rsa(string id) => new() { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = id, ["n"] = Text(rsa.Modulus!), ["e"] = Text(rsa.Exponent!) };
        return new JsonObject
        {
            ["keys"] = new JsonArray(Rsa(KeyId + "R"), Rsa(KeyId + "P"), Rsa(KeyId + "H"), Rsa(KeyId + "n"),
                new JsonObject { ["kty"] = "oct", ["kid"] = "x", ["k"] = "AAAA" },
                new JsonObject { ["kty"] = "EC", ["kid"] = KeyId + "E", ["crv"] = "P-256", ["x"] = Text(ec.Q.X!), ["y"] = Text(ec.Q.Y!) }),
        };
    }

    static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    static string Part(JsonObject record) => Text(JsonSerializer.SerializeToUtf8Bytes(record));
}
