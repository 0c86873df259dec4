using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class PluginAdditionTests
{
    const string State = "services: [{name: a}, {name: b, plugins: [{name: p1}]}]\nroutes: [{name: r, plugins: [{name: p2}]}]";

    static MapNode Added(string text, string? selector, string config, bool overwrite = false) => Given.Clean(report =>
        PluginAddition.OfFlags(selector is null ? [] : [selector], [config], overwrite, report)?.Apply(Given.Map(text), report));

    [Fact]
    public void Adds_to_what_is_chosen_and_to_nothing_else() => Given.Same(
        "services: [{name: a, plugins: [{name: new}]}, {name: b, plugins: [{name: p1}, {name: new}]}]\nroutes: [{name: r, plugins: [{name: p2}]}]",
        Added(State, "$..services[*]", "{\"name\": \"new\"}"));

    [Fact]
    public void Adds_to_the_file_itself_when_nothing_is_chosen() =>
        Given.Same("routes: []\nplugins: [{name: new, config: {a: 1}}]", Added("routes: []", null, "{\"name\": \"new\", \"config\": {\"a\": 1}}"));

    [Theory]
    [InlineData(false, "{name: p1}")]
    [InlineData(true, "{name: p1, config: {a: 1}}")]
    public void Leaves_a_plugin_of_the_name_or_puts_the_new_one_in_its_place(bool overwrite, string expected) => Given.Same(
        $"services: [{{name: b, plugins: [{expected}, {{name: z}}]}}]",
        Added("services: [{name: b, plugins: [{name: p1}, {name: z}]}]", "$.services[*]", "{\"name\": \"p1\", \"config\": {\"a\": 1}}", overwrite));

    [Fact]
    public void Tells_plugins_of_the_file_apart_by_what_they_belong_to()
    {
        const string state = "plugins: [{name: p, service: a, route: r}]";
        Given.Same("plugins: [{name: p, service: a, route: r}, {name: p, service: b, route: r}]", Added(state, "$", "{name: p, service: b, route: r}", true));
        Given.Same("plugins: [{name: p, service: a, route: r, enabled: false}]", Added(state, "$", "{name: p, service: a, route: r, enabled: false}", true));
    }

    [Fact]
    public void Refuses_plugins_inside_of_entities_that_name_other_entities() => Assert.Equal(
        ["--config:1:1: plugin 'p': service, route, consumer and consumer_group can only be named by plugins of the top level (selector '$')"],
        Given.Problems(report => PluginAddition.OfFlags(["$..services[*]"], ["{name: p, consumer: c}"], true, report)!.Apply(Given.Map(State), report)));

    [Fact]
    public void Reads_a_file_of_plugins()
    {
        var additions = Given.Clean(report => PluginAddition.ReadFile(Given.File("plugins", "plugin-file.yml"), report));
        var added = Given.Clean(report => additions.Aggregate(Given.Map("services: [{name: a}]"), (root, addition) => addition.Apply(root, report)));
        Given.Same("""
            services:
            - name: a
              plugins:
              - name: key-auth
                config: {key_names: [api_key, apikey], key_in_body: false, hide_credentials: true}
            """, added);
    }

    [Fact]
    public void Reports_everything_that_is_wrong_with_a_file_of_plugins() => Assert.Equal(
        [
            "p.yaml:2:15: selectors: a list of texts is expected, found the text \"$\"",
            "p.yaml:2:29: overwrite: true or false is expected, found the text \"often\"",
            "p.yaml:2:46: name: the plugin's name is missing",
            "p.yaml:3:3: overwrites: unknown field; known are selectors, overwrite, plugins",
        ],
        Given.Problems(report => PluginAddition.ReadFile(new FileSource("p.yaml", """
            add-plugins:
            - {selectors: $, overwrite: often, plugins: [{config: {}}]}
            - overwrites: true
            """), report)));
}
