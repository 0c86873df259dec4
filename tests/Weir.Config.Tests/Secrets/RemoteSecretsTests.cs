namespace Weir.Config.Tests;

/// <summary>References to vaults on other machines, with a store that has what a test puts into it.</summary>
public sealed class RemoteSecretsTests
{
    const string Vault = "vaults: [{name: hcv, prefix: my-hcv, config: {token: '{vault://env/hcv-token}', ttl: 60}}]\n";

    readonly Store _store = new() { Secrets = { ["db"] = """{"password": "hunter2", "encoded": "aHVudGVyMw==", "deep": {}}""" } };
    readonly Dictionary<string, string> _environment = new() { ["HCV_TOKEN"] = "hvs.token" };

    ReadOptions Options => Samples.Options with { Environment = _environment.GetValueOrDefault, Secrets = _store };

    static string Plugin(string reference) => $"plugins: [{{name: sample, config: {{password: '{reference}'}}}}]";

    string? Password(string reference, string vaults = Vault) => ((SampleConfig)Yaml.Read(vaults + Plugin(reference), Options).Plugins[0].Config!).Password;

    string Problem(string reference, string vaults = Vault) => Yaml.Problem(vaults + Plugin(reference), Options);

    [Theory]
    [InlineData("{vault://my-hcv/db/password}", "hunter2")]
    [InlineData("{vault://my-hcv/db/encoded?base64_decode=true}", "hunter3")]
    public void Finds_what_the_store_has(string reference, string expected)
    {
        Assert.Equal(expected, Password(reference));
        var asked = Assert.Single(_store.Asked);
        Assert.Equal(("my-hcv", "hcv", "hvs.token", 60.0), (asked.Prefix, asked.Kind, ((HcvVaultSettings)asked.Settings).Token, asked.Settings.Ttl));
    }

    [Fact]
    public void A_vault_may_be_named_by_its_kind_with_settings_from_the_environment()
    {
        _environment["KONG_VAULT_HCV_TOKEN"] = "hvs.other";
        _environment["KONG_VAULT_HCV_PORT"] = "8300";
        _environment["KONG_VAULT_HCV_SSL_VERIFY"] = "off";
        Assert.Equal("hunter2", Password("{vault://hcv/db/password}", ""));
        var settings = (HcvVaultSettings)Assert.Single(_store.Asked).Settings;
        Assert.Equal(("hvs.other", 8300, false), (settings.Token, settings.Port, settings.SslVerify));
    }

    [Fact]
    public void Settings_of_the_environment_have_the_same_rules() =>
        Assert.Contains(
            "vault 'hcv' of the environment: config.token: required field missing",
            Yaml.Problems(Plugin("{vault://hcv/db/password}"), Options).First(), StringComparison.Ordinal);

    [Theory]
    [InlineData("{vault://my-hcv/none/password}", "vault reference {vault://my-hcv/none/password} cannot be resolved: it is not there")]
    [InlineData("{vault://my-hcv/db/user}", "the secret is not a JSON object with the key 'user'")]
    [InlineData("{vault://my-hcv/db/deep}", "the key 'deep' holds neither text nor number")]
    [InlineData("{vault://my-hcv/db/password?base64_decode=true}", "the secret is not base64")]
    [InlineData("{vault://my-hcv/db/password?prefix=x}", "unknown option 'prefix'; expected one of: base64_decode, neg_ttl, resurrect_ttl, ttl")]
    public void Says_why_a_reference_cannot_be_resolved_and_never_shows_a_secret(string reference, string message)
    {
        var problem = Problem(reference);
        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_fetched_the_reference_says_so() =>
        Assert.Contains(
            "secrets of the vault 'my-hcv' are fetched by a running gateway only",
            Yaml.Problem(Vault + Plugin("{vault://my-hcv/db/password}"), Options with { Secrets = null }), StringComparison.Ordinal);

    [Fact]
    public void Validation_asks_no_vault()
    {
        Yaml.Read(Vault + Plugin("{vault://my-hcv/none/password}"), Options with { ResolveSecrets = false });
        Assert.Empty(_store.Asked);
    }

    [Fact]
    public void A_vault_whose_own_secret_is_missing_opens_nothing()
    {
        _environment.Clear();
        var problems = Yaml.Problems(Vault + Plugin("{vault://my-hcv/db/password}"), Options);
        Assert.Contains(problems, static problem => problem.Contains("the environment variable HCV_TOKEN is not set", StringComparison.Ordinal));
        Assert.Contains(problems, static problem => problem.Contains("the declaration of the vault has problems", StringComparison.Ordinal));
        Assert.Empty(_store.Asked);
    }

    [Fact]
    public void A_document_says_what_it_took()
    {
        var result = Yaml.Try(Vault + Plugin("{vault://my-hcv/db/password}"), Options);
        Assert.Equal(_store.Given, result.Secrets);
    }

    [Fact]
    public void Vaults_that_mean_the_same_have_one_name_and_others_have_others()
    {
        var one = new HcvVaultSettings { Token = "a" };
        Assert.Equal(VaultKinds.IdOf("hcv", one), VaultKinds.IdOf("hcv", one with { Port = 8200 }));
        Assert.NotEqual(VaultKinds.IdOf("hcv", one), VaultKinds.IdOf("hcv", one with { Token = "b" }));
    }

    sealed class Store : ISecretStore
    {
        public Dictionary<string, string> Secrets { get; } = [];

        public List<VaultSource> Asked { get; } = [];

        public List<StoredSecret> Given { get; } = [];

        public StoredSecret Find(VaultSource vault, VaultReference reference)
        {
            Asked.Add(vault);
            var secret = Secrets.TryGetValue(reference.Resource, out var value) ? new StoredSecret(value, "") : new StoredSecret(null, "it is not there");
            Given.Add(secret);
            return secret;
        }

        public ValueTask<bool> FetchAsync(CancellationToken cancellation) => new(false);

        public void Keep(IReadOnlyCollection<StoredSecret> used) { }
    }
}
