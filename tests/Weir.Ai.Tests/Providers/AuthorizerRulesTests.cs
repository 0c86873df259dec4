using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class AuthorizerRulesTests
{
    [Fact]
    public void Names_the_field_of_a_broken_key_file()
    {
        const string Keyless = """{"type":"service_account","client_email":"e","private_key":"s3cret"}""";
        foreach (var (json, problem) in new[] { ("{s3cret", "is not JSON"), (Keyless, "private_key cannot") })
        {
            var (field, message) = Assert.Single(Check(new TargetAuth { GcpServiceAccountJson = json }));
            Assert.Equal("targets[0].auth.gcp_service_account_json", field);
            Assert.StartsWith(problem, message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Refuses_half_a_credential()
    {
        TargetAuth[] halves =
        [
            new() { AwsAccessKeyId = "a" },
            new() { AwsSecretAccessKey = "a" },
            new() { AzureClientSecret = "a" },
            new() { AzureTenantId = "a" },
            new() { AzureClientId = "a", AzureTenantId = "a" },
            new() { AzureClientId = "a", AzureClientSecret = "a" },
            new() { AzureTenantId = "a", AzureClientSecret = "a" },
        ];
        foreach (var half in halves) Assert.Equal("targets[0].auth", Assert.Single(Check(half)).Field);
    }

    [Theory]
    [InlineData("metadata.google.internal")]
    [InlineData("/token")]
    [InlineData("ftp://x/token")]
    [InlineData("")]
    public void Refuses_an_endpoint_that_is_no_URL(string url)
    {
        Assert.Equal("targets[0].auth.gcp_metadata_url", Assert.Single(Check(new TargetAuth { GcpMetadataUrl = url })).Field);
        Assert.Equal("targets[0].auth.gcp_oauth_token_url", Assert.Single(Check(new TargetAuth { GcpOauthTokenUrl = url })).Field);
    }

    [Theory]
    [InlineData("arn:aws:iam::1:role/x")]
    [InlineData("arn:aws:iam::123456789012:user/x")]
    [InlineData("arn:aws:iam::123456789012:role/")]
    [InlineData("arn:aws:iam::123456789012:role/x\n")]
    [InlineData("role/x")]
    [InlineData("")]
    public void Refuses_a_role_that_is_none(string arn) =>
        Assert.Equal(
            "targets[0].model.options.bedrock.aws_assume_role_arn",
            Assert.Single(Check(new TargetAuth(), new BedrockOptions { AwsAssumeRoleArn = arn })).Field);

    [Fact]
    public void Names_what_is_wrong_with_the_session_of_a_role()
    {
        const string Arn = "arn:aws-us-gov:iam::123456789012:role/team/x";
        var wrong = new BedrockOptions { AwsAssumeRoleArn = Arn, AwsRoleSessionName = "a b", AwsStsEndpointUrl = "sts.example.com" };
        Assert.Equal(
            ["targets[0].model.options.bedrock.aws_role_session_name", "targets[0].model.options.bedrock.aws_sts_endpoint_url"],
            Check(new TargetAuth(), wrong).Select(static problem => problem.Field));
        Assert.Empty(Check(new TargetAuth(), wrong with { AwsRoleSessionName = "a.b@c", AwsStsEndpointUrl = "https://sts.example.com" }));
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void Refuses_a_name_that_no_field_of_a_body_has(string name)
    {
        var auth = new TargetAuth { ParamName = name, ParamValue = "v", ParamLocation = ParamLocation.Body };
        Assert.Equal("targets[0].auth.param_name", Assert.Single(Check(auth)).Field);
        Assert.Empty(Check(auth with { ParamLocation = ParamLocation.Query }));
    }

    [Fact]
    public void Accepts_whole_credentials_and_references_to_them()
    {
        TargetAuth[] whole =
        [
            new(),
            new() { AwsAccessKeyId = "a", AwsSecretAccessKey = "b" },
            new() { AzureUseManagedIdentity = true, AzureClientId = "a" },
            new() { AzureUseManagedIdentity = true, AzureClientId = "a", AzureClientSecret = "b", AzureTenantId = "c" },
            new() { GcpUseServiceAccount = true, GcpServiceAccountJson = GoogleKeys.File().ToJsonString(), GcpOauthTokenUrl = "https://x.example/token" },
            new() { GcpUseServiceAccount = true, GcpServiceAccountJson = "{vault://env/key}", GcpMetadataUrl = "{vault://env/url}" },
        ];
        foreach (var auth in whole) Assert.Empty(Check(auth));
    }

    static IReadOnlyList<(string Field, string Message)> Check(TargetAuth auth, BedrockOptions? bedrock = null)
    {
        var problems = new Problems();
        var model = new ModelConfig { Provider = ProviderName.Bedrock, Options = new ModelOptions { Bedrock = bedrock } };
        AuthorizerRules.Check(new TargetConfig { Auth = auth, Model = model }, "targets[0].", problems);
        return problems.Found;
    }
}
