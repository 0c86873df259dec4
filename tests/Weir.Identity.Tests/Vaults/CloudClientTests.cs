using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Identity.Tests;

/// <summary>
/// Answers are those of the vendors' references: AWS Secrets Manager (GetSecretValue), Google Secret Manager (projects.secrets.versions.access), Azure Key
/// Vault (Get Secret 7.4), Conjur (Authenticate, Retrieve a Secret).
/// </summary>
public sealed class CloudClientTests : IDisposable
{
    const string Bearer = """{"access_token":"token-1","token_type":"Bearer","expires_in":3600}""";

    readonly VaultRig _rig = new();

    public void Dispose() => _rig.Dispose();

    AwsVaultSettings Aws(PlayedServer server)
    {
        _rig.Environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        _rig.Environment["AWS_SECRET_ACCESS_KEY"] = "hunter-aws";
        return new AwsVaultSettings { Region = "eu-central-1", EndpointUrl = server.Url.ToString() };
    }

    [Fact]
    public async Task Asks_aws_with_a_signature()
    {
        await using var server = await PlayedServer.StartAsync(static _ => """{"Name":"prod/db","SecretString":"{\"user\":\"ann\"}","VersionId":"x"}""");
        Assert.Equal("""{"user":"ann"}""", (await _rig.AskAsync(Aws(server), "prod/db")).Value);
        var asked = Assert.Single(server.Asked);
        Assert.Equal(("POST", "/", "secretsmanager.GetSecretValue"), (asked.Method, asked.Target, asked["X-Amz-Target"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"SecretId":"prod/db","VersionStage":"AWSCURRENT"}"""), JsonNode.Parse(asked.Body)));
        // What AWS computes from the request that came.
        var signed = SigV4.Sign(new AwsRequest
        {
            Method = asked.Method,
            Host = asked["Host"]!,
            Headers = [new("Content-Type", asked["Content-Type"]!), new("X-Amz-Target", asked["X-Amz-Target"]!)],
            Body = Encoding.UTF8.GetBytes(asked.Body),
        }, new AwsCredentials("AKIDEXAMPLE", "hunter-aws"), "eu-central-1", "secretsmanager", _rig.Time.GetUtcNow(),
            SigV4.SigningKey("hunter-aws", SigV4.Day(_rig.Time.GetUtcNow()), "eu-central-1", "secretsmanager"));
        Assert.Equal(signed.Single(static header => header.Key == "Authorization").Value, asked["Authorization"]);
        Assert.Contains("/eu-central-1/secretsmanager/aws4_request", asked["Authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "AWSCURRENT")]
    [InlineData("1", "AWSCURRENT")]
    [InlineData("2", "AWSPREVIOUS")]
    public async Task Asks_aws_for_the_version_that_kong_means(string? version, string stage)
    {
        await using var server = await PlayedServer.StartAsync(static _ => """{"SecretBinary":"aHVudGVyMg=="}""");
        Assert.Equal("hunter2", (await _rig.AskAsync(Aws(server), "db", version)).Value);
        Assert.Equal(stage, JsonNode.Parse(server.Asked[0].Body)!["VersionStage"]!.ToString());
        Assert.Equal(FetchedKind.Failed, (await _rig.AskAsync(Aws(server), "db", "3")).Kind);
    }

    [Theory]
    [InlineData(400, """{"__type":"ResourceNotFoundException","Message":"hunter2"}""", nameof(FetchedKind.Missing), "no such secret")]
    [InlineData(400, """{"__type":"InvalidRequestException","Message":"hunter2"}""", nameof(FetchedKind.Missing), "marked for deletion")]
    [InlineData(400, """{"__type":"com.amazonaws#AccessDeniedException","Message":"hunter2"}""", nameof(FetchedKind.Failed), "may not read it")]
    [InlineData(400, """{"__type":"UnrecognizedClientException"}""", nameof(FetchedKind.Failed), "does not accept the credentials")]
    [InlineData(400, """{"__type":"ThrottlingException"}""", nameof(FetchedKind.Failed), "too often")]
    [InlineData(400, """{"__type":"hunter2"}""", nameof(FetchedKind.Failed), "status 400")]
    [InlineData(500, "hunter2", nameof(FetchedKind.Failed), "status 500")]
    [InlineData(200, "hunter2", nameof(FetchedKind.Failed), "has no secret")]
    [InlineData(200, """{"Name":"hunter2"}""", nameof(FetchedKind.Failed), "has no secret")]
    [InlineData(200, """{"SecretBinary":"?"}""", nameof(FetchedKind.Failed), "has no secret")]
    [InlineData(200, """{"SecretString":5}""", nameof(FetchedKind.Failed), "has no secret")]
    public Task Says_what_is_wrong_with_an_answer_of_aws(int status, string body, string kind, string problem) =>
        SaysAsync(new Played(status, body), Aws, kind, problem);

    [Fact]
    public async Task Reads_in_a_role_of_aws()
    {
        await using var sts = await PlayedServer.StartAsync(_ => $"""
            <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>x</SecretAccessKey>
            <SessionToken>session-1</SessionToken><Expiration>{_rig.Time.GetUtcNow().AddHours(1):O}</Expiration></Credentials></AssumeRoleResult>
            </AssumeRoleResponse>
            """);
        await using var server = await PlayedServer.StartAsync(static _ => """{"SecretString":"hunter2"}""");
        var settings = Aws(server) with { AssumeRoleArn = "arn:aws:iam::123456789012:role/reader", StsEndpointUrl = sts.Url.ToString() };
        Assert.Equal("hunter2", (await _rig.AskAsync(settings, "db")).Value);
        Assert.Contains("RoleSessionName=KongVault", Assert.Single(sts.Asked).Body, StringComparison.Ordinal);
        Assert.Equal("session-1", Assert.Single(server.Asked)["X-Amz-Security-Token"]);
    }

    [Fact]
    public async Task A_region_is_needed_at_aws()
    {
        Assert.Contains("set 'region', or AWS_REGION", (await _rig.AskAsync(new AwsVaultSettings(), "db")).Problem, StringComparison.Ordinal);
    }

    GcpVaultSettings Gcp(PlayedServer server)
    {
        _rig.Environment["GCE_METADATA_HOST"] = server.Url.Authority;
        return new GcpVaultSettings { ProjectId = "my-project", EndpointUrl = server.Url.ToString() };
    }

    static Func<Asked, Played> WithToken(string tokenPath, Played secret) => asked =>
        asked.Target.StartsWith(tokenPath, StringComparison.Ordinal) ? Bearer : secret;

    const string MachineToken = "/computeMetadata/v1/";

    static string Payload(string secret, uint? sum = null) => $$$"""
        {"name":"projects/1/secrets/db/versions/3","payload":{"data":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))}}}",
        "dataCrc32c":"{{{(sum ?? GcpClient.Crc32C(Encoding.UTF8.GetBytes(secret))).ToString(CultureInfo.InvariantCulture)}}}"}}
        """;

    [Theory]
    [InlineData(null, "latest")]
    [InlineData("3", "3")]
    public async Task Reads_a_secret_of_google_as_the_machine(string? version, string expected)
    {
        await using var server = await PlayedServer.StartAsync(WithToken(MachineToken, Payload("hunter2")));
        Assert.Equal("hunter2", (await _rig.AskAsync(Gcp(server), "db", version)).Value);
        Assert.Equal("Google", server.Asked[0]["Metadata-Flavor"]);
        Assert.Equal(
            ($"/v1/projects/my-project/secrets/db/versions/{expected}:access", "Bearer token-1"),
            (server.Asked[1].Target, server.Asked[1]["Authorization"]));
    }

    [Fact]
    public async Task Reads_a_secret_of_google_with_a_key_file()
    {
        await using var server = await PlayedServer.StartAsync(WithToken("/token", Payload("hunter2")));
        using var rsa = RSA.Create(2048);
        _rig.Environment["GCP_SERVICE_ACCOUNT"] = new JsonObject
        {
            ["type"] = "service_account",
            ["client_email"] = "weir@my-project.iam.gserviceaccount.com",
            ["private_key"] = rsa.ExportPkcs8PrivateKeyPem(),
            ["token_uri"] = new Uri(server.Url, "/token").ToString(),
        }.ToJsonString();
        Assert.Equal("hunter2", (await _rig.AskAsync(Gcp(server), "db")).Value);
        _rig.Environment["GCP_SERVICE_ACCOUNT"] = "hunter2";
        Assert.Contains("GCP_SERVICE_ACCOUNT in the environment: is not JSON", (await _rig.AskAsync(Gcp(server), "db")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sum_of_google_is_that_of_the_rfc() => Assert.Equal(0xE3069283, GcpClient.Crc32C("123456789"u8));

    [Theory]
    [InlineData(404, """{"error":{"code":404,"message":"hunter2"}}""", nameof(FetchedKind.Missing), "no such secret")]
    [InlineData(400, """{"error":{"code":400,"status":"FAILED_PRECONDITION"}}""", nameof(FetchedKind.Missing), "disabled or destroyed")]
    [InlineData(403, "hunter2", nameof(FetchedKind.Failed), "may not read it")]
    [InlineData(401, "", nameof(FetchedKind.Failed), "does not accept the credentials")]
    [InlineData(503, "", nameof(FetchedKind.Failed), "status 503")]
    [InlineData(200, "hunter2", nameof(FetchedKind.Failed), "has no secret")]
    [InlineData(200, """{"payload":{"data":"?"}}""", nameof(FetchedKind.Failed), "has no secret")]
    [InlineData(200, """{"payload":{"data":"aHVudGVyMg==","dataCrc32c":"1"}}""", nameof(FetchedKind.Failed), "damaged on the way")]
    public Task Says_what_is_wrong_with_an_answer_of_google(int status, string body, string kind, string problem) =>
        SaysAsync(new Played(status, body), Gcp, kind, problem, MachineToken);

    AzureVaultSettings Azure(PlayedServer server)
    {
        _rig.Environment["AZURE_AUTHORITY_HOST"] = server.Url.ToString();
        _rig.Environment["AZURE_CLIENT_SECRET"] = "hunter-azure";
        return new AzureVaultSettings { VaultUri = server.Url.ToString(), ClientId = "app-1", TenantId = "tenant-1" };
    }

    [Fact]
    public async Task Reads_a_secret_of_azure_as_an_application()
    {
        await using var server = await PlayedServer.StartAsync(
            WithToken("/tenant-1/", """{"value":"hunter2","id":"https://v.vault.azure.net/secrets/db/43"}"""));
        Assert.Equal("hunter2", (await _rig.AskAsync(Azure(server), "db")).Value);
        Assert.Equal("hunter2", (await _rig.AskAsync(Azure(server), "db", "4387e9f3")).Value);
        Assert.Equal("/tenant-1/oauth2/v2.0/token", server.Asked[0].Target);
        Assert.Contains("client_secret=hunter-azure&scope=https%3A%2F%2Fvault.azure.net%2F.default", server.Asked[0].Body, StringComparison.Ordinal);
        Assert.Equal(("/secrets/db?api-version=7.4", "Bearer token-1"), (server.Asked[1].Target, server.Asked[1]["Authorization"]));
        Assert.Equal("/secrets/db/4387e9f3?api-version=7.4", server.Asked[^1].Target);
    }

    [Fact]
    public async Task Reads_a_secret_of_azure_as_the_machine()
    {
        await using var server = await PlayedServer.StartAsync(WithToken("/msi", """{"value":"hunter2"}"""));
        _rig.Environment["IDENTITY_ENDPOINT"] = new Uri(server.Url, "/msi").ToString();
        _rig.Environment["IDENTITY_HEADER"] = "header-1";
        Assert.Equal("hunter2", (await _rig.AskAsync(new AzureVaultSettings { VaultUri = server.Url.ToString() }, "db")).Value);
        Assert.Equal(
            ("/msi?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net", "header-1"),
            (server.Asked[0].Target, server.Asked[0]["X-IDENTITY-HEADER"]));
    }

    [Theory]
    [InlineData("db/../keys/x", null)]
    [InlineData("db?x=", null)]
    [InlineData("db", "../../keys/x")]
    public async Task Asks_azure_for_no_path_that_means_another_one(string resource, string? version)
    {
        await using var server = await PlayedServer.StartAsync(static _ => Bearer);
        Assert.Equal(FetchedKind.Failed, (await _rig.AskAsync(Azure(server), resource, version)).Kind);
        Assert.Empty(server.Asked);
    }

    [Theory]
    [InlineData(404, """{"error":{"code":"SecretNotFound","message":"hunter2"}}""", nameof(FetchedKind.Missing), "no such secret")]
    [InlineData(403, """{"error":{"code":"Forbidden","innererror":{"code":"SecretDisabled"}}}""", nameof(FetchedKind.Missing), "disabled")]
    [InlineData(403, "hunter2", nameof(FetchedKind.Failed), "may not read it")]
    [InlineData(401, "", nameof(FetchedKind.Failed), "does not accept the credentials")]
    [InlineData(200, """{"value":null}""", nameof(FetchedKind.Failed), "has no secret")]
    [InlineData(200, "<html>hunter2", nameof(FetchedKind.Failed), "has no secret")]
    public Task Says_what_is_wrong_with_an_answer_of_azure(int status, string body, string kind, string problem) =>
        SaysAsync(new Played(status, body), Azure, kind, problem, "/tenant-1/");

    static ConjurVaultSettings Conjur(PlayedServer server) =>
        new() { EndpointUrl = server.Url.ToString(), Account = "my org", Login = "host/apps/weir", ApiKey = "hunter-conjur" };

    [Fact]
    public async Task Reads_a_secret_of_conjur()
    {
        const string token = """{"protected":"x","payload":"y","signature":"z"}""";
        await using var server = await PlayedServer.StartAsync(static asked => asked.Method == "POST" ? token : "hunter2");
        Assert.Equal("hunter2", (await _rig.AskAsync(Conjur(server), "apps/db password", "3")).Value);
        Assert.Equal("hunter-conjur", server.Asked[0].Body);
        Assert.Equal("/authn/my%20org/host%2Fapps%2Fweir/authenticate", server.Asked[0].Target);
        Assert.Equal($"Token token=\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(token))}\"", server.Asked[1]["Authorization"]);
        Assert.Equal("/secrets/my%20org/variable/apps%2Fdb%20password?version=3", server.Asked[1].Target);
    }

    [Theory]
    [InlineData(404, nameof(FetchedKind.Missing), "no such variable")]
    [InlineData(401, nameof(FetchedKind.Failed), "does not accept the credentials")]
    [InlineData(403, nameof(FetchedKind.Failed), "may not read it")]
    [InlineData(500, nameof(FetchedKind.Failed), "status 500")]
    public Task Says_what_is_wrong_with_an_answer_of_conjur(int status, string kind, string problem) =>
        SaysAsync(new Played(status, "hunter2"), Conjur, kind, problem, "/authn/");

    async Task SaysAsync(Played answer, Func<PlayedServer, RemoteVaultSettings> settings, string kind, string problem, string tokenPath = "-")
    {
        await using var server = await PlayedServer.StartAsync(WithToken(tokenPath, answer));
        var fetched = await _rig.AskAsync(settings(server), "db");
        Assert.Equal(kind, fetched.Kind.ToString());
        Assert.Contains(problem, fetched.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", fetched.ToString(), StringComparison.Ordinal);
        Assert.Null(fetched.Value);
    }
}
