namespace Weir.Config.Tests;

public sealed class PluginReaderTests
{
    static SampleConfig Config(string yaml, ReadOptions? options = null) => Assert.IsType<SampleConfig>(Yaml.Read(yaml, options).Plugins[0].Config);

    [Fact]
    public void Shared_settings_stand_below_the_plugins_own()
    {
        var config = Config("""
            _plugin_configs: {shared: {second: 5, redis: {host: r.test, port: 1}, factor: 2}}
            plugins: [{name: sample, _config: shared, config: {redis: {port: 2}, factor: 3.5}}]
            """);
        Assert.Equal((5, "r.test", 2, 3.5), (config.Second, config.Redis.Host, config.Redis.Port, config.Factor));
    }

    [Fact]
    public void Partials_are_put_in_at_their_path()
    {
        var config = Config("""
            partials: [{name: p, type: redis-ce, config: {host: r.test, port: 7000}}]
            plugins: [{name: sample, config: {redis: {port: 1}}, partials: [{name: p, path: config.redis}]}]
            """);
        Assert.Equal(("r.test", 7000), (config.Redis.Host, config.Redis.Port));
    }

    [Theory]
    [InlineData("plugins: [{name: sampel}]",
        "kong.yaml:2:18: plugin 'sampel': name: plugin 'sampel' not enabled: Weir does not have this plugin; did you mean 'sample'?")]
    [InlineData("plugins: [{name: strict}]", "kong.yaml:2:11: plugin 'strict': config.word: required field missing")]
    [InlineData("plugins: [{config: {}}]", "plugin at line 2: name: required field missing")]
    [InlineData("plugins: [{name: sample, config: {second: 0}}]", "kong.yaml:2:43: plugin 'sample': config.second: value should be between 1 and 1000")]
    [InlineData("plugins: [{name: sample, config: {second: 1.5}}]", "config.second: expected an integer, found the number 1.5")]
    [InlineData("plugins: [{name: sample, config: {second: '5'}}]", "config.second: expected an integer, found the text \"5\"")]
    [InlineData("plugins: [{name: sample, config: {limit_by: consumr}}]",
        "config.limit_by: expected one of: consumer, ip; found the text \"consumr\"; did you mean 'consumer'?")]
    [InlineData("plugins: [{name: sample, config: {key_names: []}}]", "config.key_names: length must be at least 1")]
    [InlineData("plugins: [{name: sample, config: {key_names: [1]}}]", "config.key_names[0]: expected a string, found the number 1")]
    [InlineData("plugins: [{name: sample, config: {key_names: a}}]", "config.key_names: expected an array, found the text \"a\"")]
    [InlineData("plugins: [{name: sample, config: {allow: [10.0.0.300]}}]", "config.allow[0]: invalid ip or cidr range: '10.0.0.300'")]
    [InlineData("plugins: [{name: sample, config: {allow: {}}}]", "config.allow: expected a set, found a map")]
    [InlineData("plugins: [{name: sample, config: {hide_credentials: 1}}]", "config.hide_credentials: expected a boolean, found the number 1")]
    [InlineData("plugins: [{name: sample, config: {status: 404}}]", "config.status: expected one of: 401, 403, 429")]
    [InlineData("plugins: [{name: sample, config: {redis: {prot: 1}}}]", "config.redis.prot: unknown field; did you mean 'port'?")]
    [InlineData("plugins: [{name: sample, config: {headers: {a: 1}}}]", "config.headers.a: expected a string, found the number 1")]
    [InlineData("plugins: [{name: sample, config: {headers: [a]}}]", "config.headers: expected a map, found a list")]
    [InlineData("plugins: [{name: sample, config: {factor: .nan}}]", "config.factor: expected a number")]
    [InlineData("plugins: [{name: sample, config: 5}]", "config: expected a record, found the number 5")]
    [InlineData("plugins: [{name: sample, config: {second: 13}}]", "kong.yaml:2:43: plugin 'sample': config.second: 13 brings bad luck")]
    [InlineData("plugins: [{name: sample, _config: nope}]", "_config: there is no the text \"nope\" in _plugin_configs")]
    [InlineData("plugins: [{name: sample, partials: [{name: p}]}]", "partials[0]: there is no partial 'p' in this document")]
    [InlineData("partials: [{name: p, type: redis-ce}]\nplugins: [{name: sample, partials: [{name: p, path: redis}]}]",
        "partials[0].path: a path such as config.redis is expected")]
    [InlineData("partials: [{name: p, type: redis}]", "partial 'p': type: expected one of: redis-ce, redis-ee")]
    [InlineData("consumers: [{username: a, plugins: [{name: strict, config: {word: x}}]}]", "plugin 'strict' of consumer 'a': consumer: value must be null")]
    [InlineData("consumer_groups: [{name: a, plugins: [{name: strict, config: {word: x}}]}]", "consumer_group: value must be null")]
    [InlineData("plugins: [{name: sample, ordering: {before: {access: [a]}}}]", "ordering: Weir does not change the order of plugins")]
    [InlineData("plugins: [{name: sample, condition: 'a == b'}]", "condition: Weir does not support conditions of plugins yet")]
    [InlineData("services: [{name: a, host: a.test, routes: [{name: r, paths: [/], plugins: [{name: sample, protocols: [tcp]}]}]}]",
        "must match the associated route's protocols")]
    [InlineData("services: [{name: a, host: a.test, plugins: [{name: sample, protocols: [grpc]}], routes: [{name: r, paths: [/]}]}]",
        "must match the protocols of at least one route pointing to this Plugin's service")]
    public void Reports_what_is_wrong_with_a_plugin(string yaml, string message) => Assert.Contains(message, Yaml.Problem(yaml), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_plugin_is_a_warning_when_allowed()
    {
        var result = Yaml.Try("plugins: [{name: other, config: {x: 1}}]", Samples.Options with { AllowUnknownPlugins = true });
        Assert.Equal(Severity.Warning, Assert.Single(result.Problems).Severity);
        var plugin = Assert.Single(result.Document!.Plugins);
        Assert.Null(plugin.Kind);
        Assert.Null(plugin.Config);
        Assert.Equal(1, plugin.Entity.Config!.Value.GetProperty("x").GetInt32());
    }

    [Fact]
    public void The_profile_decides_defaults()
    {
        const string yaml = "services: [{name: a, host: a.test, routes: [{name: r, paths: [/]}]}]\nplugins: [{name: sample, config: {redis: {port: 1}}}]";
        var older = Yaml.Read(yaml);
        var newer = Yaml.Read(yaml, Samples.Options with { Compat = Profile.V3_14 });
        Assert.Equal([RouteProtocol.Http, RouteProtocol.Https], older.Routes[0].Protocols);
        Assert.Equal([RouteProtocol.Https], newer.Routes[0].Protocols);
        var (old, recent) = ((SampleConfig)older.Plugins[0].Config!, (SampleConfig)newer.Plugins[0].Config!);
        Assert.Equal((false, false), (old.HideCredentials, old.Redis.SslVerify));
        Assert.Equal((true, true), (recent.HideCredentials, recent.Redis.SslVerify));
    }

    [Fact]
    public void The_profile_reaches_defaults_inside_a_record_that_is_not_given() =>
        Assert.True(Config("plugins: [{name: sample}]", Samples.Options with { Compat = Profile.V3_14 }).Redis.SslVerify);

    [Theory]
    [InlineData("{redis_host: a.test}", "a.test", 6379)]
    [InlineData("{redis_host: a.test, redis: {host: b.test}}", "b.test", 6379)]
    [InlineData("{redis_host: a.test, redis: {port: 5}}", "a.test", 5)]
    [InlineData("{redis_host: a.test, redis: {host: null}, redis_port: 7}", "a.test", 7)]
    [InlineData("{redis_host: null, redis: null}", null, 6379)]
    public void Old_flat_names_are_still_read(string config, string? host, int port)
    {
        var redis = Config($"plugins: [{{name: sample, config: {config}}}]").Redis;
        Assert.Equal((host, port), (redis.Host, redis.Port));
    }

    [Fact]
    public void A_null_stands_for_nothing()
    {
        var config = Config("plugins: [{name: sample, config: {second: null, limit_by: null, key_names: null, redis: null, allow: null, headers: null}}]");
        Assert.Null(config.Second);
        Assert.Equal(["apikey"], config.KeyNames);
        Assert.Equal(6379, config.Redis.Port);
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("off", false)]
    [InlineData("true", true)]
    public void Where_a_boolean_is_expected_the_words_of_YAML_1_1_count(string word, bool expected) =>
        Assert.Equal(expected, Config($"plugins: [{{name: sample, config: {{hide_credentials: {word}}}}}]").HideCredentials);

    [Fact]
    public void Where_text_is_expected_the_words_of_YAML_1_1_are_text() =>
        Assert.Equal(["yes", "on"], Config("plugins: [{name: sample, config: {key_names: [yes, on]}}]").KeyNames);

    [Fact]
    public void What_a_plugin_warns_of_is_shown_at_its_place_and_refuses_nothing()
    {
        var result = Yaml.Try("plugins: [{name: sample, config: {second: 7}}]");
        Assert.NotNull(Assert.Single(result.Document!.Plugins).Config);
        Assert.Equal("kong.yaml:2:43: warning: plugin 'sample': config.second: 7 is left to luck", Assert.Single(result.Problems).ToString());
    }
}
