namespace Weir.Config.Tests;

public sealed class KeyChecksTests
{
    const string Ed25519Private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEQx1jH1iJTcj7qnGi4/m0Vtf65chXDfgwXvbyorhEt6\n-----END PRIVATE KEY-----";
    const string Ed25519Public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAroX+QibueCcKdK7H5kWEq8PXu+FanXasZYb6S2iDMM8=\n-----END PUBLIC KEY-----";
    const string X25519Public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAiks77bWFAaHTpV0lW7uUU1FZYAeeG5+0sjdAaEUvmVE=\n-----END PUBLIC KEY-----";

    /// <summary>The same with its last byte missing, in a structure that is whole.</summary>
    const string ShortPublic = "-----BEGIN PUBLIC KEY-----\nMCkwBQYDK2VwAyAAroX+QibueCcKdK7H5kWEq8PXu+FanXasZYb6S2iDMA==\n-----END PUBLIC KEY-----";

    const string Ed448Private = """
        -----BEGIN PRIVATE KEY-----
        MEcCAQAwBQYDK2VxBDsEOZXnbR3sY6LADV7FSlakawU1o6cWiXaBhcRTbv3R9a0T
        uZ3cEsKc3jM9sG7VzRUGa/IBBDs5+0euFA==
        -----END PRIVATE KEY-----
        """;

    const string Ed448Public = """
        -----BEGIN PUBLIC KEY-----
        MEMwBQYDK2VxAzoAy2fBUBGxiOl7T/wow9KRTCBezsHx2b+f+fJF+ptGaSV3L2az
        fI6W3JxvHw6dGnuM7Tn7bkcD5I0A
        -----END PUBLIC KEY-----
        """;

    const string Bytes32 = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const string Bytes31 = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ";

    static string Key(string publicKey, string? privateKey = null) => "keys:\n- name: k\n  kid: k\n  pem:\n    public_key: "
        + Certificates.Block(publicKey, 6) + (privateKey is null ? "\n" : "\n    private_key: " + Certificates.Block(privateKey, 6) + "\n");

    static string Token(string algorithm, string key) =>
        $"consumers:\n- username: a\n  jwt_secrets:\n  - key: k\n    algorithm: {algorithm}\n    rsa_public_key: {Certificates.Block(key, 6)}\n";

    [Theory]
    [InlineData(Ed25519Public, Ed25519Private)]
    [InlineData(Ed448Public, Ed448Private)]
    [InlineData(X25519Public, null)]
    public void Takes_keys_of_Edwards_curves_in_PEM_form(string publicKey, string? privateKey) => Yaml.Read(Key(publicKey, privateKey));

    [Theory]
    [InlineData(ShortPublic, null, "pem.public_key: could not load public key: a PEM key is expected (RSA, elliptic curve, Ed25519, Ed448, X25519, X448)")]
    [InlineData(Ed25519Private, null, "pem.public_key: could not load public key")]
    [InlineData(Ed25519Public, Ed25519Public, "pem.private_key: could not load private key")]
    [InlineData(Ed25519Public, Ed448Private, "pem: public key does not match private key")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----", null, "pem.public_key: could not load public key")]
    public void Refuses_PEM_keys_that_are_none(string publicKey, string? privateKey, string message) =>
        Assert.Contains(message, Yaml.Problem(Key(publicKey, privateKey)), StringComparison.Ordinal);

    [Fact]
    public void Refuses_halves_of_different_kinds() =>
        Assert.EndsWith("pem: public key does not match private key", Yaml.Problem(Key(Ed25519Public, Certificates.Rsa.Key)), StringComparison.Ordinal);

    [Fact]
    public void Tokens_signed_with_EdDSA_need_a_key_of_a_curve_that_signs()
    {
        Yaml.Read(Token("EdDSA", Ed25519Public));
        Yaml.Read(Token("EdDSA", Ed448Public));
        Assert.EndsWith("rsa_public_key: invalid key: EdDSA takes a key of Ed25519 or Ed448, and this is one of X25519",
            Yaml.Problem(Token("EdDSA", X25519Public)), StringComparison.Ordinal);
        var rsa = System.Security.Cryptography.RSA.Create(2048).ExportSubjectPublicKeyInfoPem();
        Assert.EndsWith("and this is one of RSA", Yaml.Problem(Token("EdDSA", rsa)), StringComparison.Ordinal);
        Assert.Contains("rsa_public_key: invalid key: expected a PEM public key", Yaml.Problem(Token("EdDSA", ShortPublic)), StringComparison.Ordinal);
        Assert.EndsWith("rsa_public_key: invalid key: RS256 takes an RSA key, and this is one of Ed25519",
            Yaml.Problem(Token("RS256", Ed25519Public)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($$"""{"kty":"OKP","kid":"k","crv":"Ed25519","x":"{{Bytes32}}"}""")]
    [InlineData($$"""{"kty":"OKP","kid":"k","crv":"Ed25519","x":"{{Bytes32}}","d":"{{Bytes32}}"}""")]
    [InlineData($$"""{"kty":"EC","kid":"k","crv":"P-256","x":"{{Bytes32}}","y":"{{Bytes32}}"}""")]
    [InlineData("""{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"oct","kid":"k","k":"AQAB"}""")]
    public void Takes_JWKs(string jwk) => Yaml.Read($"keys: [{{name: k, kid: k, jwk: '{jwk}'}}]");

    [Theory]
    [InlineData("""{"kty":"OKP","kid":"k","crv":"Ed25519"}""", "'x' must be text in base64url")]
    [InlineData($$"""{"kty":"OKP","kid":"k","crv":"Ed25519","x":"{{Bytes31}}"}""", "'x' must stand for 32 bytes and stands for 31")]
    [InlineData($$"""{"kty":"OKP","kid":"k","crv":"Ed448","x":"{{Bytes32}}"}""", "'x' must stand for 57 bytes and stands for 32")]
    [InlineData($$"""{"kty":"OKP","kid":"k","crv":"Ed25519","x":"{{Bytes32}}","d":"{{Bytes31}}"}""", "'d' must stand for 32 bytes and stands for 31")]
    [InlineData("""{"kty":"OKP","kid":"k","crv":"P-256","x":"AQAB"}""", "'crv' of an OKP key must be one of: Ed25519, Ed448, X25519, X448")]
    [InlineData("""{"kty":"OKP","kid":"k","crv":"Ed25519","x":"a+b/"}""", "'x' must be text in base64url")]
    [InlineData("""{"kty":"OKP","kid":"k","crv":"Ed25519","x":7}""", "'x' must be text in base64url")]
    [InlineData($$"""{"kty":"EC","kid":"k","crv":"P-256","x":"{{Bytes32}}"}""", "'y' must be text in base64url")]
    [InlineData($$"""{"kty":"EC","kid":"k","crv":"P-384","x":"{{Bytes32}}","y":"{{Bytes32}}"}""", "'x' must stand for 48 bytes and stands for 32")]
    [InlineData("""{"kty":"EC","kid":"k","crv":"P-1"}""", "'crv' of an EC key must be one of: P-256, P-384, P-521, secp256k1")]
    [InlineData("""{"kty":"RSA","kid":"k","n":"AQAB"}""", "'e' must be text in base64url")]
    [InlineData("""{"kty":"oct","kid":"k","k":""}""", "'k' must be text in base64url")]
    [InlineData("""{"kty":"rsa","kid":"k"}""", "'kty' must be one of: RSA, EC, OKP, oct")]
    [InlineData("""{"kty":1,"kid":"k"}""", "'kty' must be one of: RSA, EC, OKP, oct")]
    public void Refuses_JWKs_that_lack_what_their_kind_needs(string jwk, string message) =>
        Assert.EndsWith("jwk: could not load JWK: " + message, Yaml.Problem($"keys: [{{name: k, kid: k, jwk: '{jwk}'}}]"), StringComparison.Ordinal);
}
