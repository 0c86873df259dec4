using System.Text;
using Weir.Ai.Plugins;
using Weir.Identity;

namespace Weir.Ai.Tests;

public sealed class AuthorizersTests
{
    readonly ManualTime _time = new();
    readonly ScriptedUpstreams _upstreams = new();
    readonly ScriptedUpstreams.Kept _keep = new();

    [Fact]
    public async Task Uses_the_key_of_a_target_that_has_one()
    {
        var auth = new TargetAuth { HeaderName = "api-key", HeaderValue = "k" };
        foreach (var provider in new[] { ProviderName.OpenAi, ProviderName.Bedrock, ProviderName.Azure, ProviderName.Gemini, ProviderName.Vertex })
        {
            var draft = Draft();
            Assert.Null(await Of(provider, auth).AuthorizeAsync(draft));
            Assert.Equal(new KeyValuePair<string, string>("api-key", "k"), draft.Headers[^1]);
        }
        Assert.Empty(_upstreams.Sent);
    }

    [Fact]
    public async Task Tells_how_credentials_of_AWS_are_given_when_there_are_none()
    {
        foreach (var variable in new[] { "", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY" })
        {
            _keep.Objects.Clear();
            _upstreams.Fail(UpstreamFailure.ConnectTimeout, "", wasSent: false);
            var problem = await Of(ProviderName.Bedrock, new TargetAuth(), name => name == variable ? "s3cret" : null).AuthorizeAsync(Draft());
            Assert.StartsWith("no AWS credentials: set aws_access_key_id", problem, StringComparison.Ordinal);
            Assert.EndsWith("169.254.169.254 took too long to connect to", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Signs_a_call_to_Bedrock_as_it_stands_on_the_wire()
    {
        var auth = new TargetAuth { AwsAccessKeyId = "AKID", AwsSecretAccessKey = "s3cret" };
        var draft = Draft("?a=b");
        Assert.Null(await Of(ProviderName.Bedrock, auth, static _ => "the environment's").AuthorizeAsync(draft));
        var request = new AwsRequest
        {
            Method = "POST",
            Host = "example.com:8443",
            Path = "/model/x/converse",
            Query = "a=b",
            Headers = [new("Content-Type", "application/json")],
            Body = "{}"u8.ToArray(),
        };
        var expected = new SigV4Signer(_time).Sign(request, new AwsCredentials("AKID", "s3cret"), "eu-west-1", "bedrock");
        Assert.Equal(expected, draft.Headers[^2..]);
        Assert.Contains("/eu-west-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date,", draft.Headers[^1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_credentials_of_the_environment_with_their_session()
    {
        var draft = Draft();
        Assert.Null(await Of(ProviderName.Bedrock, new TargetAuth(), static name => name + "-value").AuthorizeAsync(draft));
        Assert.Contains(new KeyValuePair<string, string>("X-Amz-Security-Token", "AWS_SESSION_TOKEN-value"), draft.Headers);
        Assert.Contains("Credential=AWS_ACCESS_KEY_ID-value/", draft.Headers[^1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asks_Entra_for_the_token_of_a_client()
    {
        _upstreams.Token("t", 3600);
        var auth = new TargetAuth { AzureUseManagedIdentity = true, AzureTenantId = "ten/ant", AzureClientId = "c", AzureClientSecret = "s3cret&x=y" };
        Assert.Equal("Bearer t", await HeaderAsync(Of(ProviderName.Azure, auth)));
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("POST", new UpstreamAddress(true, "login.microsoftonline.com", 443), "/ten%2Fant/oauth2/v2.0/token"), (sent.Method, sent.To, sent.Path));
        Assert.Equal(
            "grant_type=client_credentials&client_id=c&client_secret=s3cret%26x%3Dy&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default",
            Encoding.UTF8.GetString(sent.Body.Span));
        Assert.Contains(new KeyValuePair<string, string>("Content-Type", "application/x-www-form-urlencoded"), sent.Headers);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("an id", "&client_id=an%20id")]
    public async Task Asks_the_Azure_machine_for_the_token_of_its_identity(string? id, string query)
    {
        _upstreams.Answer(200, """{"access_token":"t","expires_in":"86399","token_type":"Bearer"}""");
        Assert.Equal("Bearer t", await HeaderAsync(Of(ProviderName.Azure, new TargetAuth { AzureUseManagedIdentity = true, AzureClientId = id })));
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("GET", new UpstreamAddress(false, "169.254.169.254", 80), "/metadata/identity/oauth2/token"), (sent.Method, sent.To, sent.Path));
        Assert.Equal("?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com%2F" + query, sent.Query);
        Assert.Contains(new KeyValuePair<string, string>("Metadata", "true"), sent.Headers);
    }

    [Fact]
    public async Task Asks_an_App_Service_of_Azure_for_the_token_of_its_identity()
    {
        var end = _time.GetUtcNow().ToUnixTimeSeconds() + 100;
        _upstreams.Answer(200, $$"""{"access_token":"t","expires_on":"{{end}}","token_type":"Bearer"}""");
        var environment = new Dictionary<string, string> { ["IDENTITY_ENDPOINT"] = "http://127.0.0.1:41/msi/token", ["IDENTITY_HEADER"] = "s3cret" };
        var auth = new TargetAuth { AzureUseManagedIdentity = true };
        Assert.Equal("Bearer t", await HeaderAsync(Of(ProviderName.Azure, auth, environment.GetValueOrDefault)));
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("127.0.0.1:41", "/msi/token"), (sent.To.Authority, sent.Path));
        Assert.Equal("?api-version=2019-08-01&resource=https%3A%2F%2Fcognitiveservices.azure.com%2F", sent.Query);
        Assert.Contains(new KeyValuePair<string, string>("X-IDENTITY-HEADER", "s3cret"), sent.Headers);
        _time.Advance(TimeSpan.FromSeconds(80));
        _upstreams.Token("u", 100);
        await HeaderAsync(Of(ProviderName.Azure, auth, environment.GetValueOrDefault));
        Assert.Equal(2, _upstreams.Sent.Count);
    }

    [Fact]
    public async Task Asks_Entra_for_the_token_of_a_pod()
    {
        using var file = new TemporaryFile(" the.signed.statement\n");
        var environment = new Dictionary<string, string>
        {
            ["AZURE_FEDERATED_TOKEN_FILE"] = file.Path,
            ["AZURE_TENANT_ID"] = "tenant",
            ["AZURE_CLIENT_ID"] = "id",
            ["AZURE_AUTHORITY_HOST"] = "https://login.example.com/",
        };
        _upstreams.Token("t", 3600);
        Assert.Equal("Bearer t", await HeaderAsync(Of(ProviderName.Azure, new TargetAuth { AzureUseManagedIdentity = true }, environment.GetValueOrDefault)));
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("login.example.com", "/tenant/oauth2/v2.0/token"), (sent.To.Host, sent.Path));
        Assert.Equal(
            "grant_type=client_credentials&client_id=id&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            + "&client_assertion=the.signed.statement&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default",
            Encoding.UTF8.GetString(sent.Body.Span));
    }

    [Fact]
    public async Task Says_that_the_token_of_a_pod_cannot_be_read()
    {
        var environment = new Dictionary<string, string>
        {
            ["AZURE_FEDERATED_TOKEN_FILE"] = "/nowhere/token",
            ["AZURE_TENANT_ID"] = "tenant",
            ["AZURE_CLIENT_ID"] = "id",
        };
        var authorizer = Of(ProviderName.Azure, new TargetAuth { AzureUseManagedIdentity = true }, environment.GetValueOrDefault);
        Assert.Equal("/nowhere/token cannot be read", await authorizer.AuthorizeAsync(Draft()));
    }

    [Theory]
    [InlineData(false, null, "oauth2.googleapis.com", "/token")]
    [InlineData(true, "https://oauth.example.com/mint", "oauth.example.com", "/mint")]
    public async Task Asks_Google_for_the_token_of_a_service_account(bool isVertex, string? url, string host, string path)
    {
        _upstreams.Token("t", 3600);
        var auth = new TargetAuth { GcpUseServiceAccount = true, GcpServiceAccountJson = GoogleKeys.File().ToJsonString(), GcpOauthTokenUrl = url };
        Assert.Equal("Bearer t", await HeaderAsync(Of(isVertex ? ProviderName.Vertex : ProviderName.Gemini, auth)));
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("POST", host, path), (sent.Method, sent.To.Host, sent.Path));
        var assertion = GoogleAssertion.Make(GoogleKey.Read(auth.GcpServiceAccountJson, Assert.Fail)!, _time.GetUtcNow());
        Assert.Equal($"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}", Encoding.UTF8.GetString(sent.Body.Span));
    }

    [Fact]
    public async Task Takes_the_service_account_of_the_environment()
    {
        _upstreams.Token("t", 3600);
        var json = GoogleKeys.File().ToJsonString();
        var auth = new TargetAuth { GcpUseServiceAccount = true };
        Assert.Equal("Bearer t", await HeaderAsync(Of(ProviderName.Vertex, auth, name => name == "GCP_SERVICE_ACCOUNT" ? json : null)));
        Assert.Equal("oauth2.googleapis.com", Assert.Single(_upstreams.Sent).To.Host);
    }

    [Fact]
    public async Task Names_what_is_wrong_with_the_service_account_of_the_environment()
    {
        var problem = await Of(ProviderName.Vertex, new TargetAuth { GcpUseServiceAccount = true }, static _ => "{s3cret").AuthorizeAsync(Draft());
        Assert.StartsWith("GCP_SERVICE_ACCOUNT in the environment: is not JSON", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "metadata.google.internal", "/computeMetadata/v1/instance/service-accounts/default/token")]
    [InlineData("http://127.0.0.1:8181", "127.0.0.1:8181", "/computeMetadata/v1/instance/service-accounts/default/token")]
    [InlineData("http://127.0.0.1:8181/token", "127.0.0.1:8181", "/token")]
    public async Task Asks_the_Google_machine_for_the_token_of_its_account(string? url, string authority, string path)
    {
        _upstreams.Token("t", 3600);
        Assert.Equal("Bearer t", await HeaderAsync(Of(ProviderName.Gemini, new TargetAuth { GcpUseServiceAccount = true, GcpMetadataUrl = url })));
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("GET", authority, path), (sent.Method, sent.To.Authority, sent.Path));
        Assert.Contains(new KeyValuePair<string, string>("Metadata-Flavor", "Google"), sent.Headers);
    }

    [Fact]
    public async Task Refuses_the_call_when_there_is_no_token()
    {
        _upstreams.Answer(400, """{"error":"invalid_grant","error_description":"s3cret"}""");
        var auth = new TargetAuth { GcpUseServiceAccount = true, GcpServiceAccountJson = GoogleKeys.File().ToJsonString() };
        var draft = Draft();
        Assert.Equal("oauth2.googleapis.com answered with status 400: invalid_grant", await Of(ProviderName.Vertex, auth).AuthorizeAsync(draft));
        Assert.Single(draft.Headers);
    }

    [Fact]
    public async Task Shares_the_tokens_of_one_identity_and_no_others()
    {
        _upstreams.Token("one", 3600).Token("two", 3600).Token("three", 3600);
        var auth = new TargetAuth { AzureUseManagedIdentity = true, AzureTenantId = "t", AzureClientId = "c", AzureClientSecret = "s3cret" };
        Assert.Equal("Bearer one", await HeaderAsync(Of(ProviderName.Azure, auth)));
        Assert.Equal("Bearer one", await HeaderAsync(Of(ProviderName.Azure, auth with { })));
        Assert.Equal("Bearer two", await HeaderAsync(Of(ProviderName.Azure, auth with { AzureClientSecret = "s3cret2" })));
        Assert.Equal("Bearer three", await HeaderAsync(Of(ProviderName.Azure, auth with { AzureTenantId = "tc", AzureClientId = "" })));
        Assert.Equal(3, _keep.Objects.Count);
        Assert.All(_keep.Objects.Keys, static key => Assert.Matches("^identity/entra-client/[0-9a-f]{64}$", key));
    }

    IAuthorizer Of(ProviderName provider, TargetAuth auth, Func<string, string?>? environment = null)
    {
        var options = new ModelOptions { Bedrock = new BedrockOptions { AwsRegion = "eu-west-1" } };
        var config = new TargetConfig { Auth = auth, Model = new ModelConfig { Provider = provider, Options = options } };
        return Authorizers.Of(config, _upstreams.Context(_time, _keep), environment ?? (static _ => null));
    }

    static async Task<string> HeaderAsync(IAuthorizer authorizer)
    {
        var draft = Draft();
        Assert.Null(await authorizer.AuthorizeAsync(draft));
        Assert.Equal("Authorization", draft.Headers[^1].Key);
        return draft.Headers[^1].Value;
    }

    static CallDraft Draft(string query = "")
    {
        var to = new UpstreamAddress(true, "example.com", 8443);
        var draft = new CallDraft { To = to, Path = "/model/x/converse", Query = query, Body = "{}"u8.ToArray() };
        draft.Headers.Add(new("Content-Type", "application/json"));
        return draft;
    }
}
