namespace Weir.Config.Tests;

public sealed class SecretsTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-secrets-");

    static readonly Dictionary<string, string> Environment = new()
    {
        ["MY_PASSWORD"] = "hunter2",
        ["APP_DB_CREDS"] = """{"user": "ann", "pass": "hunter3", "port": 5}""",
        ["APP_ENCODED"] = "aHVudGVyNA==",
    };

    ReadOptions Options => Samples.Options with { Environment = Environment.GetValueOrDefault, SecretsDirectory = _folder.FullName };

    public void Dispose() => _folder.Delete(recursive: true);

    string? Password(string reference, string vaults = "") =>
        ((SampleConfig)Yaml.Read($"{vaults}\nplugins: [{{name: sample, config: {{password: '{reference}'}}}}]", Options).Plugins[0].Config!).Password;

    string Problem(string reference, string vaults = "") =>
        Yaml.Problem($"{vaults}\nplugins: [{{name: sample, config: {{password: '{reference}'}}}}]", Options);

    const string Named = "vaults: [{name: env, prefix: my-env, config: {prefix: app_}}]";

    [Theory]
    [InlineData("{vault://env/my-password}", "", "hunter2")]
    [InlineData("{vault://env/MY_PASSWORD}", "", "hunter2")]
    [InlineData("{vault://my-env/db-creds/pass}", Named, "hunter3")]
    [InlineData("{vault://my-env/db-creds/port}", Named, "5")]
    [InlineData("{vault://env/db-creds/pass?prefix=app_}", "", "hunter3")]
    [InlineData("{vault://env/encoded?prefix=app_&base64_decode=true}", "", "hunter4")]
    [InlineData("{vault://b64/encoded#1}", "vaults: [{name: env, prefix: b64, config: {prefix: app_, base64_decode: true}}]", "hunter4")]
    [InlineData("plain", "", "plain")]
    public void Resolves_references_to_the_environment(string reference, string vaults, string expected) => Assert.Equal(expected, Password(reference, vaults));

    [Fact]
    public void Resolves_references_to_files()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "password"), "hunter5\n");
        File.WriteAllText(Path.Combine(_folder.FullName, "json"), """{"a": "hunter6"}""");
        Assert.Equal("hunter5", Password("{vault://file/password}"));
        Assert.Equal("hunter6", Password("{vault://file/json/a}"));
        Assert.Equal("hunter5", Password("{vault://docs/password}", $"vaults: [{{name: file, prefix: docs, config: {{directory: '{_folder.FullName}'}}}}]"));
    }

    [Fact]
    public void A_vault_of_files_without_a_directory_says_how_to_give_it_one() =>
        Assert.Contains("the vault 'file' has no directory: the setting vault_file_directory names one",
            Yaml.Problem("plugins: [{name: sample, config: {password: '{vault://file/x}'}}]", Options with { SecretsDirectory = null }),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("{vault://env/not-there}", "the environment variable NOT_THERE is not set")]
    [InlineData("{vault://file/not-there}", "there is no file")]
    [InlineData("{vault://file/..}", "a file of the vault is named without a directory")]
    [InlineData("{vault://nope/x}", "no vault 'nope' in the document")]
    [InlineData("{vault://konnect/x/y}", "Weir does not support the vault 'konnect' yet")]
    [InlineData("{vault://env}", "malformed vault reference")]
    [InlineData("{vault://}", "malformed vault reference")]
    [InlineData("{vault://env/my-password/key}", "a key was asked for, but the secret is not JSON")]
    [InlineData("{vault://env/app-db-creds/nope}", "the secret is not a JSON object with the key 'nope'")]
    [InlineData("{vault://env/my-password?base64_decode=true}", "the secret is not base64")]
    public void Says_why_a_reference_cannot_be_resolved_and_never_shows_a_secret(string reference, string message)
    {
        var problem = Problem(reference);
        Assert.Contains("plugin 'sample': config.password: ", problem, StringComparison.Ordinal);
        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_references_alone_when_asked_only_to_validate()
    {
        var document = Yaml.Read("plugins: [{name: sample, config: {password: '{vault://env/not-there}'}}]", Options with { ResolveSecrets = false });
        Assert.Equal("{vault://env/not-there}", ((SampleConfig)document.Plugins[0].Config!).Password);
    }

    [Fact]
    public void A_certificate_may_come_from_a_vault()
    {
        var options = Options with
        {
            Environment = name => name switch
            {
                "CERT" => Certificates.Rsa.Cert,
                "KEY" => Certificates.Rsa.Key,
                _ => null,
            },
        };
        const string yaml = "certificates: [{cert: '{vault://env/cert}', key: '{vault://env/key}'}]";
        Assert.Equal(Certificates.Rsa.Cert, Yaml.Read(yaml, options).Certificates[0].Cert);
        Assert.Equal("{vault://env/cert}", Yaml.Read(yaml, options with { ResolveSecrets = false }).Certificates[0].Cert);
    }

    [Fact]
    public void A_reference_where_none_is_taken_is_text_with_a_warning()
    {
        var result = Yaml.Try("plugins: [{name: sample, config: {key_names: ['{vault://env/my-password}']}}]", Options);
        Assert.Contains("takes no vault references", Assert.Single(result.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(["{vault://env/my-password}"], ((SampleConfig)result.Document!.Plugins[0].Config!).KeyNames);
    }

    [Fact]
    public void A_value_of_a_secret_is_in_no_message_of_any_kind()
    {
        var problems = Yaml.Problems("""
            plugins: [{name: sample, config: {password: 12345678}}]
            consumers: [{username: a, basicauth_credentials: [{username: a, password: [hunter9]}]}]
            """, Options);
        Assert.Equal(2, problems.Length);
        Assert.All(problems, problem => Assert.DoesNotContain("hunter", problem, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.DoesNotContain("12345678", problem, StringComparison.Ordinal));
    }
}
