using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Identity.Tests;

/// <summary>Answers are those of Vault's API documentation: secret/kv/kv-v1, secret/kv/kv-v2, auth/*, system/wrapping-unwrap.</summary>
public sealed class HcvClientTests : IDisposable
{
    const string V1 = """{"auth":null,"data":{"password":"hunter2","port":5},"lease_duration":2764800,"lease_id":"","renewable":false}""";
    const string V2 = """{"data":{"data":{"password":"hunter2"},"metadata":{"created_time":"2018-03-22T02:24:06.9Z","deletion_time":"","version":2}}}""";
    const string Login = """{"auth":{"client_token":"hvs.issued","lease_duration":3600,"renewable":true,"policies":["default"]}}""";

    readonly VaultRig _rig = new();
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-hcv-");

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Delete(recursive: true);
    }

    static HcvVaultSettings At(PlayedServer server) => new() { Host = "127.0.0.1", Port = server.Port, Token = "hvs.given" };

    [Fact]
    public async Task Reads_a_secret_of_version_1()
    {
        await using var server = await PlayedServer.StartAsync(static _ => V1);
        var found = await _rig.AskAsync(At(server) with { Namespace = "team/a" }, "apps/orders db");
        Assert.Equal("""{"password":"hunter2","port":5}""", found.Value);
        var asked = Assert.Single(server.Asked);
        Assert.Equal("GET /v1/secret/apps/orders db", Uri.UnescapeDataString(asked.ToString()));
        Assert.Equal(("hvs.given", "team/a", "true"), (asked["X-Vault-Token"], asked["X-Vault-Namespace"], asked["X-Vault-Request"]));
    }

    [Fact]
    public async Task Reads_a_secret_of_version_2_and_one_of_its_versions()
    {
        await using var server = await PlayedServer.StartAsync(static _ => V2);
        var settings = At(server) with { Kv = "v2", Mount = "/team/kv/" };
        Assert.Equal("""{"password":"hunter2"}""", (await _rig.AskAsync(settings, "orders")).Value);
        Assert.Equal("""{"password":"hunter2"}""", (await _rig.AskAsync(settings, "orders", "7")).Value);
        Assert.Equal(["/v1/team/kv/data/orders", "/v1/team/kv/data/orders?version=7"], server.Asked.Select(static asked => asked.Target));
    }

    [Theory]
    [InlineData(404, """{"errors":[]}""", nameof(FetchedKind.Missing), "there is no such secret")]
    [InlineData(404, """{"errors":[],"warnings":["Invalid path for a versioned K/V secrets engine. See"]}""", nameof(FetchedKind.Missing), "version is 2")]
    [InlineData(404, """{"data":{"data":null,"metadata":{"deletion_time":"2018-03-22T02:36:43Z"}}}""", nameof(FetchedKind.Missing), "deleted")]
    [InlineData(403, """{"errors":["1 error occurred: permission denied, and hunter2"]}""", nameof(FetchedKind.Failed), "refuses")]
    [InlineData(503, """{"errors":["Vault is sealed"]}""", nameof(FetchedKind.Failed), "sealed")]
    [InlineData(500, "hunter2", nameof(FetchedKind.Failed), "status 500")]
    [InlineData(429, "", nameof(FetchedKind.Failed), "status 429")]
    [InlineData(204, "", nameof(FetchedKind.Failed), "status 204")]
    [InlineData(200, "hunter2", nameof(FetchedKind.Failed), "no secret of a key-value engine")]
    [InlineData(200, "", nameof(FetchedKind.Failed), "no secret of a key-value engine")]
    [InlineData(200, "[]", nameof(FetchedKind.Failed), "no secret of a key-value engine")]
    [InlineData(200, """{"data":"hunter2"}""", nameof(FetchedKind.Failed), "no secret of a key-value engine")]
    [InlineData(200, """{"data":null}""", nameof(FetchedKind.Failed), "no secret of a key-value engine")]
    [InlineData(200, """{"data":{"a":"\ud800"}}}""", nameof(FetchedKind.Failed), "no secret of a key-value engine")]
    public async Task Says_what_is_wrong_with_an_answer_and_nothing_that_is_in_it(int status, string body, string kind, string problem)
    {
        await using var server = await PlayedServer.StartAsync(_ => new Played(status, body));
        var fetched = await _rig.AskAsync(At(server), "orders");
        Assert.Equal(kind, fetched.Kind.ToString());
        Assert.Contains(problem, fetched.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fetched.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.given", fetched.ToString(), StringComparison.Ordinal);
        Assert.Null(fetched.Value);
    }

    [Fact]
    public async Task Follows_no_redirect()
    {
        await using var other = await PlayedServer.StartAsync(static _ => V1);
        await using var server = await PlayedServer.StartAsync(_ => new Played(307, "") { Location = other.Url.ToString() });
        Assert.Contains("redirects are not followed", (await _rig.AskAsync(At(server), "orders")).Problem, StringComparison.Ordinal);
        Assert.Empty(other.Asked);
    }

    [Fact]
    public async Task Reads_no_answer_without_end()
    {
        await using var server = await PlayedServer.StartAsync(static _ => new string('x', VaultCall.AnswerBytesMax + 1));
        Assert.Contains("more than", (await _rig.AskAsync(At(server), "orders")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_failure()
    {
        await using var server = await PlayedServer.StartAsync(static _ => new Played(200, V1) { IsBroken = true });
        var fetched = await _rig.AskAsync(At(server), "orders");
        Assert.Equal((FetchedKind.Failed, $"127.0.0.1:{server.Port} broke the connection"), (fetched.Kind, fetched.Problem));
    }

    [Fact]
    public async Task Nobody_there_is_a_failure()
    {
        var server = await PlayedServer.StartAsync(static _ => V1);
        var settings = At(server);
        await server.DisposeAsync();
        Assert.Equal($"127.0.0.1:{settings.Port} cannot be reached", (await _rig.AskAsync(settings, "orders")).Problem);
    }

    [Theory]
    [InlineData("a/../b", null)]
    [InlineData("./a", null)]
    [InlineData("a//b", null)]
    [InlineData("a", "latest")]
    [InlineData("a", "1&x=y")]
    public async Task Asks_for_no_path_that_means_another_one(string resource, string? version)
    {
        await using var server = await PlayedServer.StartAsync(static _ => V2);
        Assert.Equal(FetchedKind.Failed, (await _rig.AskAsync(At(server) with { Kv = "v2" }, resource, version)).Kind);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task The_certificate_must_be_trusted()
    {
        await using var server = await PlayedServer.StartAsync(static _ => V1, TestCertificates.Leaf("localhost"));
        var settings = At(server) with { Protocol = "https", Host = "localhost" };
        Assert.Equal($"localhost:{server.Port} has no certificate that can be trusted", (await _rig.AskAsync(settings, "a")).Problem);
        Assert.Equal(FetchedKind.Failed, (await _rig.AskAsync(settings with { CaCertificate = TestCertificates.Stranger.ExportCertificatePem() }, "a")).Kind);
        var trusting = settings with { CaCertificate = TestCertificates.Authority.ExportCertificatePem() };
        Assert.Equal(FetchedKind.Failed, (await _rig.AskAsync(trusting with { Host = "127.0.0.1" }, "a")).Kind);
        Assert.Empty(server.Asked);
        Assert.NotNull((await _rig.AskAsync(trusting, "a")).Value);
        Assert.NotNull((await _rig.AskAsync(settings with { SslVerify = false }, "a")).Value);
    }

    [Fact]
    public async Task Logs_in_as_a_role()
    {
        await using var server = await PlayedServer.StartAsync(static asked => asked.Method == "POST" ? Login : V1);
        var settings = At(server) with { AuthMethod = HcvAuthMethod.AppRole, ApproleRoleId = "role-1", ApproleSecretId = "secret-1", ApproleAuthPath = "/ci/" };
        var client = _rig.Open(settings with { Namespace = "ns" });
        Assert.NotNull((await client.FetchAsync("a", null, VaultRig.Cancel)).Value);
        Assert.NotNull((await client.FetchAsync("b", null, VaultRig.Cancel)).Value);
        Assert.Equal(["POST /v1/auth/ci/login", "GET /v1/secret/a", "GET /v1/secret/b"], server.Asked.Select(static asked => asked.ToString()));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"role_id":"role-1","secret_id":"secret-1"}"""), JsonNode.Parse(server.Asked[0].Body)));
        Assert.Equal(("ns", null, "hvs.issued"), (server.Asked[0]["X-Vault-Namespace"], server.Asked[0]["X-Vault-Token"], server.Asked[1]["X-Vault-Token"]));
    }

    [Fact]
    public async Task Unwraps_a_secret_id_once()
    {
        await using var server = await PlayedServer.StartAsync(static asked => asked.Target switch
        {
            "/v1/sys/wrapping/unwrap" => """{"data":{"secret_id":"unwrapped","secret_id_accessor":"x"}}""",
            "/v1/auth/approle/login" => Login.Replace("3600", "10", StringComparison.Ordinal),
            _ => V1,
        });
        var file = Path.Combine(_folder.FullName, "secret-id");
        await File.WriteAllTextAsync(file, "hvs.wrapping\n", VaultRig.Cancel);
        var client = _rig.Open(At(server) with
        {
            AuthMethod = HcvAuthMethod.AppRole,
            ApproleRoleId = "role-1",
            ApproleSecretIdFile = file,
            ApproleResponseWrapping = true,
        });
        Assert.NotNull((await client.FetchAsync("a", null, VaultRig.Cancel)).Value);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull((await client.FetchAsync("a", null, VaultRig.Cancel)).Value);
        Assert.Equal("hvs.wrapping", Assert.Single(server.Asked, static asked => asked.Target == "/v1/sys/wrapping/unwrap")["X-Vault-Token"]);
        Assert.All(
            server.Asked.Where(static asked => asked.Target == "/v1/auth/approle/login"),
            static asked => Assert.Equal("unwrapped", JsonNode.Parse(asked.Body)!["secret_id"]!.ToString()));
    }

    [Fact]
    public async Task Logs_in_as_a_pod()
    {
        await using var server = await PlayedServer.StartAsync(static asked => asked.Method == "POST" ? Login : V1);
        var file = Path.Combine(_folder.FullName, "token");
        var settings = At(server) with { AuthMethod = HcvAuthMethod.Kubernetes, KubeRole = "gateway", KubeApiTokenFile = file };
        Assert.Equal($"{file} cannot be read", (await _rig.AskAsync(settings, "a")).Problem);
        await File.WriteAllTextAsync(file, "eyJ.pod.jwt", VaultRig.Cancel);
        Assert.NotNull((await _rig.AskAsync(settings, "a")).Value);
        Assert.Equal("/v1/auth/kubernetes/login", server.Asked[0].Target);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"role":"gateway","jwt":"eyJ.pod.jwt"}"""), JsonNode.Parse(server.Asked[0].Body)));
    }

    [Fact]
    public async Task Logs_in_with_a_token_of_another_server()
    {
        await using var issuer = await PlayedServer.StartAsync(static _ => """{"access_token":"eyJ.a.b","token_type":"Bearer","expires_in":60}""");
        await using var server = await PlayedServer.StartAsync(static asked => asked.Method == "POST" ? Login : V1);
        var settings = At(server) with
        {
            AuthMethod = HcvAuthMethod.Jwt,
            JwtRole = "gateway",
            OAuth2TokenEndpoint = new Uri(issuer.Url, "/token").ToString(),
            OAuth2ClientId = "weir",
            OAuth2ClientSecret = "s3cret",
            OAuth2Audiences = "vault",
        };
        Assert.NotNull((await _rig.AskAsync(settings, "a")).Value);
        Assert.Equal("grant_type=client_credentials&client_id=weir&client_secret=s3cret&audience=vault", Assert.Single(issuer.Asked).Body);
        Assert.Equal("/v1/auth/jwt/login", server.Asked[0].Target);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"role":"gateway","jwt":"eyJ.a.b"}"""), JsonNode.Parse(server.Asked[0].Body)));
    }

    [Fact]
    public async Task Logs_in_with_a_certificate()
    {
        await using var server = await PlayedServer.StartAsync(
            static asked => asked.Method == "POST" ? Login : V1, TestCertificates.Leaf("localhost"), wantsClient: true);
        using var own = TestCertificates.Leaf("gateway.example");
        var settings = At(server) with
        {
            Protocol = "https",
            Host = "localhost",
            CaCertificate = TestCertificates.Authority.ExportCertificatePem(),
            AuthMethod = HcvAuthMethod.Cert,
            CertAuthRoleName = "web",
            CertAuthCert = own.ExportCertificatePem(),
            CertAuthCertKey = own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
        };
        Assert.NotNull((await _rig.AskAsync(settings, "a")).Value);
        Assert.Equal(("/v1/auth/cert/login", """{"name":"web"}"""), (server.Asked[0].Target, server.Asked[0].Body));
        Assert.Equal("CN=gateway.example", server.Client);
    }

    [Fact]
    public async Task A_token_that_was_revoked_costs_one_login()
    {
        var isRevoked = false;
        await using var server = await PlayedServer.StartAsync(asked => asked switch
        {
            { Method: "POST" } => Login.Replace("issued", isRevoked ? "second" : "first", StringComparison.Ordinal),
            _ when isRevoked && asked["X-Vault-Token"] == "hvs.first" => new Played(403, """{"errors":["permission denied"]}"""),
            _ => V1,
        });
        var client = _rig.Open(At(server) with { AuthMethod = HcvAuthMethod.AppRole, ApproleRoleId = "r", ApproleSecretId = "s" });
        Assert.NotNull((await client.FetchAsync("a", null, VaultRig.Cancel)).Value);
        isRevoked = true;
        Assert.NotNull((await client.FetchAsync("a", null, VaultRig.Cancel)).Value);
        Assert.Equal(2, server.Asked.Count(static asked => asked.Method == "POST"));
    }

    [Theory]
    [InlineData(400, """{"errors":["invalid role or secret ID: hunter2"]}""", "refuses the login")]
    [InlineData(503, """{"errors":["Vault is sealed"]}""", "sealed")]
    [InlineData(200, """{"auth":null}""", "has no token")]
    [InlineData(200, """{"auth":{"client_token":"a b"}}""", "has no token")]
    [InlineData(200, "nothing", "has no token")]
    [InlineData(302, "", "redirects are not followed")]
    public async Task A_login_that_fails_says_why_and_shows_nothing(int status, string body, string problem)
    {
        await using var server = await PlayedServer.StartAsync(_ => new Played(status, body));
        var settings = At(server) with { AuthMethod = HcvAuthMethod.AppRole, ApproleRoleId = "r", ApproleSecretId = "hunter3" };
        var fetched = await _rig.AskAsync(settings, "a");
        Assert.Equal(FetchedKind.Failed, fetched.Kind);
        Assert.Contains(problem, fetched.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", fetched.Problem, StringComparison.Ordinal);
    }
}
