using System.Text;
using Weir.Ai.Plugins;
using Weir.Identity;

namespace Weir.Ai.Tests;

public sealed class AwsIdentitiesTests
{
    const string Arn = "arn:aws:iam::123456789012:role/x";

    readonly ManualTime _time = new();
    readonly ScriptedUpstreams _upstreams = new();
    readonly ScriptedUpstreams.Kept _keep = new();

    [Fact]
    public async Task Asks_the_machine_for_the_keys_of_its_role()
    {
        _upstreams.Answer(200, "the-token").Answer(200, "a role").Answer(200, "a-role").Answer(200, Json("AKID"));
        Assert.EndsWith("the machine has no role", (await Of().GetAsync()).Problem, StringComparison.Ordinal);
        _time.Advance(IssuedTimes.BackOff);
        _upstreams.Sent.Clear();
        _keep.Objects.Clear();
        _upstreams.Clear().Answer(200, "the-token").Answer(200, "a-role").Answer(200, Json("AKID"));
        var credentials = await GotAsync(Of());
        Assert.Equal(("AKID", "s3cret", "session"), (credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));
        Assert.Equal(
            ["PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/", "GET /latest/meta-data/iam/security-credentials/a-role"],
            _upstreams.Sent.Select(static sent => $"{sent.Method} {sent.Path}"));
        Assert.All(_upstreams.Sent, static sent => Assert.Equal("169.254.169.254", sent.To.Authority));
        Assert.Contains(new KeyValuePair<string, string>("X-aws-ec2-metadata-token-ttl-seconds", "21600"), _upstreams.Sent[0].Headers);
        Assert.Contains(new KeyValuePair<string, string>("X-aws-ec2-metadata-token", "the-token"), _upstreams.Sent[2].Headers);
    }

    [Fact]
    public async Task Renews_the_keys_of_the_machine_before_they_expire()
    {
        _upstreams.Answer(200, "t").Answer(200, "r").Answer(200, Json("ONE")).Answer(200, "t").Answer(200, "r").Answer(200, Json("TWO", 7200));
        var identity = Of();
        Assert.Equal("ONE", (await GotAsync(identity)).AccessKeyId);
        _time.Advance(TimeSpan.FromSeconds(2879));
        Assert.Equal("ONE", (await GotAsync(identity)).AccessKeyId);
        Assert.Equal(3, _upstreams.Sent.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        await GotAsync(identity);
        Assert.Equal("TWO", (await GotAsync(identity)).AccessKeyId);
        Assert.Equal(6, _upstreams.Sent.Count);
    }

    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x", "169.254.170.2")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v2/credentials/x", "169.254.170.23")]
    public async Task Asks_the_container_for_the_keys_of_its_role(string variable, string value, string host)
    {
        using var file = new TemporaryFile("the-token\n");
        var environment = new Dictionary<string, string> { [variable] = value, ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file.Path };
        _upstreams.Answer(200, Json("AKID"));
        Assert.Equal("AKID", (await GotAsync(Of(environment: environment))).AccessKeyId);
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("GET", host, "/v2/credentials/x"), (sent.Method, sent.To.Host, sent.Path));
        Assert.Contains(new KeyValuePair<string, string>("Authorization", "the-token"), sent.Headers);
    }

    [Fact]
    public async Task Asks_for_a_session_in_the_name_of_a_pod()
    {
        using var file = new TemporaryFile("a.web.token");
        var environment = new Dictionary<string, string> { ["AWS_WEB_IDENTITY_TOKEN_FILE"] = file.Path, ["AWS_ROLE_ARN"] = Arn };
        _upstreams.Answer(200, Xml("AKID"));
        Assert.Equal("AKID", (await GotAsync(Of(environment: environment))).AccessKeyId);
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal(("POST", "sts.eu-west-1.amazonaws.com", "/"), (sent.Method, sent.To.Authority, sent.Path));
        Assert.Equal(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fx&RoleSessionName=weir"
            + "&DurationSeconds=3600&WebIdentityToken=a.web.token",
            Encoding.UTF8.GetString(sent.Body.Span));
        Assert.DoesNotContain(sent.Headers, static header => header.Key == "Authorization");
    }

    [Fact]
    public async Task Assumes_a_role_with_a_signed_request_and_keeps_the_session()
    {
        _upstreams.Answer(200, Xml("SESSION"));
        var options = new BedrockOptions
        {
            AwsRegion = "eu-west-1",
            AwsAssumeRoleArn = Arn,
            AwsRoleSessionName = "gateway",
            AwsStsEndpointUrl = "https://sts.example.com:8443",
        };
        var auth = new TargetAuth { AwsAccessKeyId = "AKID", AwsSecretAccessKey = "hidden" };
        foreach (var identity in new[] { Of(auth, options), Of(auth, options) })
        {
            var credentials = await GotAsync(identity);
            Assert.Equal(("SESSION", "s3cret", "session"), (credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));
        }
        var sent = Assert.Single(_upstreams.Sent);
        Assert.Equal("sts.example.com:8443", sent.To.Authority);
        var form = Encoding.UTF8.GetString(sent.Body.Span);
        Assert.StartsWith("Action=AssumeRole&", form, StringComparison.Ordinal);
        Assert.Contains("&RoleSessionName=gateway&", form, StringComparison.Ordinal);
        var request = new AwsRequest
        {
            Method = "POST",
            Host = "sts.example.com:8443",
            Headers = [new("Content-Type", "application/x-www-form-urlencoded")],
            Body = sent.Body,
        };
        Assert.Equal(new SigV4Signer(_time).Sign(request, new AwsCredentials("AKID", "hidden"), "eu-west-1", "sts"), sent.Headers[^2..]);
        Assert.All(_keep.Objects.Keys, static key => Assert.DoesNotContain("hidden", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Assumes_a_role_in_the_name_of_the_machine()
    {
        _upstreams.Answer(200, "t").Answer(200, "r").Answer(200, Json("MACHINE")).Answer(200, Xml("SESSION"));
        Assert.Equal("SESSION", (await GotAsync(Of(options: new BedrockOptions { AwsRegion = "cn-north-1", AwsAssumeRoleArn = Arn }))).AccessKeyId);
        Assert.Equal("sts.cn-north-1.amazonaws.com.cn", _upstreams.Sent[3].To.Host);
        Assert.Contains(_upstreams.Sent[3].Headers, static header => header.Value.Contains("Credential=MACHINE/", StringComparison.Ordinal));
        Assert.Contains(new KeyValuePair<string, string>("X-Amz-Security-Token", "session"), _upstreams.Sent[3].Headers);
    }

    [Fact]
    public async Task Says_why_a_role_cannot_be_assumed()
    {
        _upstreams.Answer(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>s3cret</Message></Error></ErrorResponse>");
        var auth = new TargetAuth { AwsAccessKeyId = "AKID", AwsSecretAccessKey = "hidden" };
        var grant = await Of(auth, new BedrockOptions { AwsRegion = "eu-west-1", AwsAssumeRoleArn = Arn }).GetAsync();
        Assert.Equal("sts.eu-west-1.amazonaws.com answered with status 403: AccessDenied", grant.Problem);
    }

    [Theory]
    [InlineData("{}", "no AccessKeyId")]
    [InlineData("[]", "no JSON object")]
    [InlineData("s3cret", "not JSON")]
    [InlineData("""{"AccessKeyId":"a b","SecretAccessKey":"s3cret","Token":"t","Expiration":"2099-01-01T00:00:00Z"}""", "no AccessKeyId")]
    [InlineData("""{"AccessKeyId":"a","SecretAccessKey":1,"Token":"t","Expiration":"2099-01-01T00:00:00Z"}""", "no SecretAccessKey")]
    [InlineData("""{"AccessKeyId":"a","SecretAccessKey":"s3cret","Expiration":"2099-01-01T00:00:00Z"}""", "no session token")]
    [InlineData("""{"AccessKeyId":"a","SecretAccessKey":"s3cret","Token":"t","Expiration":"soon"}""", "no time")]
    [InlineData("""{"AccessKeyId":"a","SecretAccessKey":"s3cret","Token":"t","Expiration":"1999-01-01T00:00:00Z"}""", "has expired")]
    [InlineData("""{"AccessKeyId":"a\ud800","SecretAccessKey":"s3cret","Token":"t","Expiration":"2099-01-01T00:00:00Z"}""", "not JSON")]
    public void Refuses_what_is_no_key_without_repeating_it(string json, string expected)
    {
        var grant = AwsKeyAnswer.Read(Encoding.UTF8.GetBytes(json), _time.GetUtcNow());
        Assert.Contains(expected, grant.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", grant.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not XML")]
    [InlineData("s3cret", "not XML")]
    [InlineData("<a>", "not XML")]
    [InlineData("<a/>", "no AccessKeyId")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "not XML")]
    [InlineData("<a><Credentials><AccessKeyId>a</AccessKeyId></Credentials><SecretAccessKey>s3cret</SecretAccessKey></a>", "no SecretAccessKey")]
    public void Refuses_what_is_no_session_without_repeating_it(string xml, string expected)
    {
        var grant = StsCall.Read(Encoding.UTF8.GetBytes(xml), _time.GetUtcNow());
        Assert.Contains(expected, grant.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", grant.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/\"><Error><Code>ExpiredToken</Code></Error></ErrorResponse>", ": ExpiredToken")]
    [InlineData("<ErrorResponse><Error><Code>s3cret</Code></Error></ErrorResponse>", "")]
    [InlineData("<ErrorResponse><Error/></ErrorResponse>", "")]
    [InlineData("{}", "")]
    public void Passes_on_known_codes_alone(string xml, string expected) => Assert.Equal(expected, StsCall.ErrorOf(Encoding.UTF8.GetBytes(xml)));

    [Fact]
    public void Never_shows_a_secret()
    {
        var session = new AwsSession(new AwsCredentials("a", "s3cret", "s3cret"), _time.GetUtcNow(), _time.GetUtcNow());
        Assert.DoesNotContain("s3cret", session.ToString(), StringComparison.Ordinal);
    }

    AwsIdentity Of(TargetAuth? auth = null, BedrockOptions? options = null, Dictionary<string, string>? environment = null)
    {
        var model = new ModelConfig
        {
            Provider = ProviderName.Bedrock,
            Options = new ModelOptions { Bedrock = options ?? new BedrockOptions { AwsRegion = "eu-west-1" } },
        };
        var config = new TargetConfig { Auth = auth ?? new TargetAuth(), Model = model };
        return AwsIdentities.Of(config, new SigV4Signer(_time), _upstreams.Context(_time, _keep), name => environment?.GetValueOrDefault(name));
    }

    static async Task<AwsCredentials> GotAsync(AwsIdentity identity)
    {
        var grant = await identity.GetAsync();
        Assert.Null(grant.Problem);
        return grant.Item!;
    }

    string Json(string id, int seconds = 3600) =>
        $$"""{"Code":"Success","AccessKeyId":"{{id}}","SecretAccessKey":"s3cret","Token":"session","Expiration":"{{End(seconds)}}"}""";

    string Xml(string id) => $"""
        <?xml version="1.0"?>
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleResult>
            <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/x/weir</Arn></AssumedRoleUser>
            <Credentials>
              <AccessKeyId>{id}</AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey><SessionToken>session</SessionToken>
              <Expiration>{End(3600)}</Expiration>
            </Credentials>
          </AssumeRoleResult>
          <ResponseMetadata><RequestId>c6104cbe</RequestId></ResponseMetadata>
        </AssumeRoleResponse>
        """;

    string End(int seconds) => $"{_time.GetUtcNow().AddSeconds(seconds):yyyy-MM-ddTHH:mm:ssZ}";
}
