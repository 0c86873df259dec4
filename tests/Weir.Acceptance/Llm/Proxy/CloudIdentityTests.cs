using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Calls that a cloud's identity service has to vouch for, with the service played by the test and the providers by the mock.</summary>
public sealed class CloudIdentityTests : IAsyncLifetime
{
    const string TokenOfGoogle = "ya29.token-of-google";

    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System, requiresKey: true);
    readonly RSA _rsa = RSA.Create(2048);
    readonly ConcurrentQueue<string> _asked = [];

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _rsa.Dispose();
        return _mock.DisposeAsync();
    }

    [Fact]
    public async Task A_service_account_of_Google_answers_for_many_calls_with_one_token()
    {
        await using var google = await AppUpstream.StartAsync(GoogleAsync);
        await using var provider = await AppUpstream.StartAsync(GeminiAsync);
        await using var gateway = await TestGateway.StartAsync(Gemini(provider, $"gcp_service_account_json: '{KeyFile(google)}'"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(gateway)));
        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        // Many calls at once, one question.
        Assert.Equal("weir@p.iam.gserviceaccount.com", Assert.Single(_asked));
    }

    [Fact]
    public async Task A_machine_of_Google_gives_its_own_token()
    {
        await using var machine = await AppUpstream.StartAsync(context =>
        {
            _asked.Enqueue(context.Request.Headers["Metadata-Flavor"].ToString());
            return context.Response.WriteAsJsonAsync(new { access_token = TokenOfGoogle, expires_in = 3599, token_type = "Bearer" });
        });
        await using var provider = await AppUpstream.StartAsync(GeminiAsync);
        await using var gateway = await TestGateway.StartAsync(Gemini(provider, $"gcp_metadata_url: {machine.Address}"));
        using var answer = await AskAsync(gateway);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Google", Assert.Single(_asked));
    }

    [Fact]
    public async Task Without_a_token_another_target_answers_or_the_client_learns_that_the_gateway_is_at_fault()
    {
        await using var google = await AppUpstream.StartAsync(static context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsJsonAsync(new { error = "invalid_grant", error_description = "Invalid JWT Signature: s3cret" });
        });
        var target = Target(_mock.Address, $"gcp_service_account_json: '{KeyFile(google)}'");
        await using var gateway = await TestGateway.StartAsync(Document("", target));
        using var refused = await AskAsync(gateway);
        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal("the gateway cannot prove itself to the model provider", (string?)error["message"]);
        Assert.Contains(gateway.Log.Lines, static line => line.Text.Contains("answered with status 400: invalid_grant", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Log.Lines, static line => line.Text.Contains("s3cret", StringComparison.Ordinal));

        await gateway.ApplyAsync(Document("algorithm: priority", target, Bedrock("aws_access_key_id: AKID, aws_secret_access_key: not a secret")));
        using var answer = await AskAsync(gateway);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", answer.Headers.GetValues("X-Kong-LLM-Model").Single());
    }

    [Fact]
    public async Task A_wrong_secret_of_AWS_is_refused_by_Bedrock()
    {
        await using var gateway = await TestGateway.StartAsync(Document("", Bedrock("aws_access_key_id: AKID, aws_secret_access_key: a guess")));
        using var answer = await AskAsync(gateway);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("signature", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_of_AWS_is_assumed_once_and_signs_the_calls()
    {
        await using var sts = await AppUpstream.StartAsync(StsAsync);
        await using var gateway = await TestGateway.StartAsync(Document(
            "",
            Bedrock(
                "aws_access_key_id: AKIDBASE, aws_secret_access_key: not a secret",
                $"aws_assume_role_arn: 'arn:aws:iam::123456789012:role/models', aws_sts_endpoint_url: '{sts.Address}', aws_region: eu-west-1")));
        for (var i = 0; i < 3; i++)
        {
            using var answer = await AskAsync(gateway);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Equal("arn:aws:iam::123456789012:role/models", Assert.Single(_asked));
    }

    /// <summary>Gives out a session whose key is good at the mock, to whoever signed the request with a key of the mock's.</summary>
    async Task StsAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        _asked.Enqueue(form["RoleArn"].ToString());
        var isSigned = context.Request.Headers.Authorization.ToString()
            .StartsWith("AWS4-HMAC-SHA256 Credential=AKIDBASE/", StringComparison.Ordinal);
        context.Response.StatusCode = isSigned && form["Action"] == "AssumeRole" ? 200 : 403;
        await context.Response.WriteAsync("""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
            <AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>not a secret</SecretAccessKey><SessionToken>session</SessionToken>
            <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
            """);
    }

    /// <summary>Gives out a token for a statement that the account's key has signed.</summary>
    async Task GoogleAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var parts = form["assertion"].ToString().Split('.');
        var isSigned = _rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        var isInTime = (long)claims["iat"]! <= TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() && (long)claims["exp"]! - (long)claims["iat"]! <= 3600;
        _asked.Enqueue((string)claims["iss"]!);
        context.Response.StatusCode = isSigned && isInTime && form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" ? 200 : 401;
        await context.Response.WriteAsJsonAsync(new { access_token = TokenOfGoogle, expires_in = 3599, token_type = "Bearer" });
    }

    static Task GeminiAsync(HttpContext context)
    {
        context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer " + TokenOfGoogle ? 200 : 401;
        return context.Response.WriteAsync(
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}}""");
    }

    string KeyFile(AppUpstream google) => JsonSerializer.Serialize(new
    {
        type = "service_account",
        client_email = "weir@p.iam.gserviceaccount.com",
        private_key = _rsa.ExportPkcs8PrivateKeyPem(),
        token_uri = google.Address + "/token",
    });

    static Task<HttpResponseMessage> AskAsync(TestGateway gateway) => gateway.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
    {
        Content = JsonContent.Create(new { messages = new[] { new { role = "user", content = "Hello" } } }),
    });

    static string Gemini(AppUpstream provider, string auth) => Document("", Target(provider.Address, auth));

    static string Target(string url, string auth) => $$"""
              - weight: 200
                auth:
                  gcp_use_service_account: true
                  {{auth}}
                model: {provider: gemini, name: gemini-2.5-flash, options: {upstream_url: "{{url}}"} }
        """;

    string Bedrock(string auth, string options = "aws_region: eu-west-1") => $$"""
              - weight: 100
                auth: { {{auth}} }
                model:
                  provider: bedrock
                  name: us.anthropic.claude-sonnet-4-5-20250929-v1:0
                  options: {upstream_url: "{{_mock.Address}}", bedrock: { {{options}} } }
        """;

    static string Document(string balancer, params string[] targets) => $$"""
        _format_version: "3.0"
        routes:
        - name: models
          paths: [/v1]
          strip_path: false
        plugins:
        - name: ai-proxy-advanced
          config:
            balancer: { {{balancer}} }
            targets:
        {{string.Join('\n', targets)}}

        """;
}
