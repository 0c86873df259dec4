namespace Weir.Config.Tests;

public sealed class FileHeaderTests
{
    static string[] Problems(string text) => [.. DocumentReader.ReadText("kong.yaml", text, Samples.Options).Problems.Select(problem => problem.ToString())];

    [Theory]
    [InlineData("_format_version: \"1.1\"", "\"1.1\" is the format of Kong before 3.0")]
    [InlineData("_format_version: 3.0", "the text \"3.0\" is expected, found the number 3.0")]
    [InlineData("_format_version: \"4.0\"", "the text \"3.0\" is expected, found the text \"4.0\"")]
    [InlineData("_format_version: [x]", "the text \"3.0\" is expected, found a list")]
    public void Refuses_other_versions(string text, string message) => Assert.Contains(message, Assert.Single(Problems(text)), StringComparison.Ordinal);

    [Fact]
    public void Assumes_the_version_with_a_warning_when_it_is_missing()
    {
        var result = DocumentReader.ReadText("kong.yaml", "services: []", Samples.Options);
        Assert.Equal("kong.yaml:1:1: warning: _format_version: missing; \"3.0\" is assumed", Assert.Single(result.Problems).ToString());
        Assert.NotNull(result.Document);
    }

    [Fact]
    public void Says_when_passwords_are_hashed()
    {
        const string Text = "_format_version: \"3.0\"\n_info: {skip_hash_for_basic_auth: true}";
        Assert.True(DocumentReader.ReadText("kong.yaml", Text, Samples.Options).Document!.PasswordsAreHashed);
        var refused = Assert.Single(Problems("_format_version: \"3.0\"\n_info: {skip_hash_for_basic_auth: often}"));
        Assert.Contains("skip_hash_for_basic_auth: expected a boolean", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Warns_that_overrides_of_consumer_groups_have_no_effect()
    {
        var result = Yaml.Try("_info: {consumer_group_policy_overrides: true}");
        Assert.NotNull(result.Document);
        var warning = Assert.Single(result.Problems);
        Assert.Equal((Severity.Warning, "consumer_group_policy_overrides", 2), (warning.Severity, warning.Field, warning.Place.Line));
        Assert.Empty(Yaml.Problems("_info: {consumer_group_policy_overrides: false}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void An_empty_file_is_an_empty_document(string text) =>
        Assert.Empty(DocumentReader.ReadText("kong.yaml", text, Samples.Options).Document!.Services);

    [Fact]
    public void Adds_the_select_tags_to_every_entity_once()
    {
        var document = Yaml.Read("""
            _info: {select_tags: [team, x]}
            services: [{name: a, host: a.test, tags: [x, y], routes: [{name: r, paths: [/]}]}]
            consumers: [{username: c, acls: [{group: g}]}]
            upstreams: [{name: u, targets: [{target: t.test}]}]
            plugins: [{name: sample}]
            """);
        Assert.Equal(["x", "y", "team"], document.Services[0].Tags);
        Assert.Equal(["team", "x"], document.Routes[0].Tags);
        Assert.Equal(["team", "x"], document.Acls[0].Tags);
        Assert.Equal(["team", "x"], document.Targets[0].Tags);
        Assert.Equal(["team", "x"], document.Plugins[0].Entity.Tags);
    }

    [Fact]
    public void Fills_in_the_defaults_of_the_document()
    {
        var document = Yaml.Read("""
            _info:
              defaults:
                service: {retries: 1, read_timeout: 5000}
                route: {strip_path: false, protocols: [https]}
                upstream: {slots: 100, healthchecks: {active: {timeout: 7, healthy: {interval: 3}}}}
                target: {weight: 7}
            services: [{name: a, host: a.test, retries: 2, routes: [{name: r, paths: [/]}]}]
            upstreams: [{name: u, healthchecks: {active: {healthy: {successes: 2}}}, targets: [{target: t.test}]}]
            """);
        Assert.Equal((2, 5000), (document.Services[0].Retries, document.Services[0].ReadTimeout));
        Assert.Equal([RouteProtocol.Https], document.Routes[0].Protocols);
        Assert.False(document.Routes[0].StripPath);
        var active = document.Upstreams[0].Healthchecks.Active;
        Assert.Equal((100, 7.0, 3.0, 2), (document.Upstreams[0].Slots, active.Timeout, active.Healthy.Interval, active.Healthy.Successes));
        Assert.Equal(7, document.Targets[0].Weight);
    }

    [Theory]
    [InlineData("_info: {tags: [a]}", "_info: tags: unknown field")]
    [InlineData("_info: {select_tags: a}", "_info: select_tags: expected an array, found the text \"a\"")]
    [InlineData("_info: {defaults: {plugin: {}}}", "_info: defaults.plugin: expected one of: service, route, upstream, target")]
    [InlineData("_info: {defaults: {service: {name: a}}}", "_info: defaults.service.name: identifies one entity and cannot have a default")]
    [InlineData("_info: {defaults: {service: 5}}", "_info: defaults.service: expected a map, found the number 5")]
    [InlineData("_info: {default_lookup_tags: {plugins: [a]}}", "_info: default_lookup_tags.plugins: expected one of: services")]
    [InlineData("_info: {consumer_group_policy_overrides: 1}", "_info: consumer_group_policy_overrides: expected a boolean, found the number 1")]
    [InlineData("_info: {include_plugin_definitions: x}", "_info: include_plugin_definitions: expected a boolean, found the text \"x\"")]
    [InlineData("_info: []", "_info: expected a map, found a list")]
    [InlineData("_plugin_configs: {a: 1}", "_plugin_configs: a: expected a map, found the number 1")]
    public void Reports_what_is_wrong_with_it(string yaml, string message) => Assert.Contains(message, Yaml.Problem(yaml), StringComparison.Ordinal);

    [Fact]
    public void What_belongs_to_entities_managed_elsewhere_is_left_out_with_a_warning()
    {
        var result = Yaml.Try("""
            _info: {default_lookup_tags: {services: [shared], consumer_groups: [shared], consumers: [shared], partials: [shared]}}
            routes: [{name: r, paths: [/], service: elsewhere, plugins: [{name: sample}]}]
            consumers: [{username: a, groups: [{name: elsewhere}]}]
            plugins: [{name: sample, consumer: elsewhere}, {name: strict, partials: [{name: elsewhere}]}, {name: sample}]
            """);
        Assert.NotNull(result.Document);
        Assert.Empty(result.Document.Routes);
        Assert.Empty(result.Document.Consumers[0].Groups!);
        Assert.Null(Assert.Single(result.Document.Plugins).Entity.Consumer);
        Assert.Equal(4, result.Problems.Count);
        Assert.All(result.Problems, problem => Assert.Equal(Severity.Warning, problem.Severity));
        Assert.Contains("the service 'elsewhere' is managed elsewhere (default_lookup_tags) and not in this document; this route is left out",
            result.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_is_checked_all_the_same() =>
        Assert.Contains(Yaml.Problems("_info: {default_lookup_tags: {services: [x]}}\nroutes: [{name: r, paths: [/], service: elsewhere, colour: red}]"),
            problem => problem.EndsWith("colour: unknown field", StringComparison.Ordinal));
}
