using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Identity;

namespace Weir.Ai.Tests;

public sealed class GoogleKeyTests
{
    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("s3cret", "is not JSON")]
    [InlineData("{\"client_email\":\"s3cret", "is not JSON")]
    [InlineData("{\"client_email\":\"\\ud800\"}", "is not JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("null", "is not a JSON object")]
    public void Refuses_what_is_no_key_file(string json, string expected)
    {
        List<string> problems = [];
        Assert.Null(GoogleKey.Read(json, problems.Add));
        Assert.Contains(problems, problem => problem.StartsWith(expected, StringComparison.Ordinal));
        Assert.All(problems, static problem => Assert.DoesNotContain("s3cret", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_every_field_that_is_missing()
    {
        List<string> problems = [];
        Assert.Null(GoogleKey.Read("{}", problems.Add));
        Assert.Equal(["type", "client_email", "private_key"], problems.Select(static problem => problem.Split(' ')[0]));
    }

    public static TheoryData<string, string, string> Broken => new()
    {
        { "type", "\"authorized_user\"", "type is not 'service_account'" },
        { "type", "1", "type is missing or no text" },
        { "client_email", "\"\"", "client_email is missing or no text" },
        { "client_email", "null", "client_email is missing or no text" },
        { "private_key_id", "7", "private_key_id is missing or no text" },
        { "private_key", "\"s3cret\"", "private_key cannot be read" },
        { "private_key", "\"-----BEGIN PRIVATE KEY-----\\ns3cret\\n-----END PRIVATE KEY-----\\n\"", "private_key cannot be read" },
        { "private_key", JsonValue.Create(GoogleKeys.Rsa.ExportSubjectPublicKeyInfoPem()).ToJsonString(), "private_key cannot be read" },
        { "private_key", JsonValue.Create(SmallKey()).ToJsonString(), "private_key has 1024 bits; at least 2048 are expected" },
        { "private_key", JsonValue.Create(EllipticKey()).ToJsonString(), "private_key cannot be read" },
        { "token_uri", "\"oauth2.googleapis.com\"", "token_uri is no absolute http or https URL" },
        { "token_uri", "\"file:///etc/passwd\"", "token_uri is no absolute http or https URL" },
        { "token_uri", "[]", "token_uri is missing or no text" },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void Refuses_a_broken_field(string name, string json, string expected)
    {
        var file = GoogleKeys.File();
        file[name] = JsonNode.Parse(json);
        List<string> problems = [];
        Assert.Null(GoogleKey.Read(file.ToJsonString(), problems.Add));
        Assert.StartsWith(expected, Assert.Single(problems), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Needs_neither_the_id_nor_the_endpoint()
    {
        var file = GoogleKeys.File();
        file.Remove("private_key_id");
        file.Remove("token_uri");
        var key = GoogleKey.Read(file.ToJsonString(), Assert.Fail)!;
        Assert.Null(key.KeyId);
        Assert.Equal(GoogleKey.DefaultTokenUri, key.TokenUri);
        Assert.Equal("weir@p.iam.gserviceaccount.com", key.ToString());
    }

    [Fact]
    public void Makes_a_statement_that_the_public_key_verifies()
    {
        var key = GoogleKey.Read(GoogleKeys.File().ToJsonString(), Assert.Fail)!;
        var parts = GoogleAssertion.Make(key, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)).Split('.');
        Assert.Equal(3, parts.Length);
        Assert.True(GoogleKeys.Rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"key-1"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        Assert.Equal("weir@p.iam.gserviceaccount.com", (string)claims["iss"]!);
        Assert.Equal("https://oauth2.googleapis.com/token", (string)claims["aud"]!);
        Assert.Equal(GoogleAssertion.Scope, (string)claims["scope"]!);
        Assert.Equal(1_700_000_000, (long)claims["iat"]!);
        Assert.Equal(1_700_003_600, (long)claims["exp"]!);
    }

    static string SmallKey()
    {
        using var rsa = RSA.Create(1024);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    static string EllipticKey()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return curve.ExportPkcs8PrivateKeyPem();
    }
}
