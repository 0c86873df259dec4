namespace Weir.Control.Tests.Files;

public sealed class FileConversionTests
{
    const string Migration = "002-kong-gateway-28x-to-34x-migration";

    [Theory]
    [InlineData("4/input.yaml", "4/output-expected.yaml", "kong-gateway-2.x", "kong-gateway-3.x")]
    [InlineData(Migration + "/28x-routes.yaml", Migration + "/34x-expected-routes.yaml", "2.8", "3.4")]
    [InlineData(Migration + "/28x-plugins.yaml", Migration + "/34x-expected-plugins.yaml", "2.8", "3.4")]
    [InlineData(Migration + "/28x-plugins-legacy-new-replace.yaml", Migration + "/34x-expected-plugins-legacy-new-replace.yaml", "2.8", "3.4")]
    public void Makes_what_deck_makes(string input, string expected, string from, string to)
    {
        var made = Given.Clean(report => FileConversion.Convert(Given.Map(Given.File("convert", input).Text), from, to, report));
        Given.Same(Given.Map(Given.File("convert", expected).Text), made);
    }

    [Fact]
    public void Writes_byte_for_byte_what_deck_writes()
    {
        var made = Given.Clean(report => FileConversion.Convert(Given.Map(Given.File("convert", Migration, "28x-plugins.yaml").Text), "2.8", "3.4", report));
        Assert.Equal(Given.File("convert", Migration, "34x-expected-plugins.yaml").Text.TrimEnd() + "\n", FileWriter.Write(made, FileFormat.Yaml));
    }

    [Fact]
    public void Refuses_an_old_and_a_new_name_side_by_side() => Assert.Equal(
        ["28x-legacy-new-conflict.yaml:20:9: plugin 'post-function': config.functions: stands beside 'access', which is its new name; keep one of them"],
        Given.Problems(report => FileConversion.Convert(
            Given.File("convert", Migration, "28x-legacy-new-conflict.yaml").ReadMap(report)!, "2.8", "3.4", report)));

    [Fact]
    public void Puts_redis_in_one_place_for_3_10()
    {
        var made = Given.Clean(report => FileConversion.Convert(Given.Map("""
            plugins:
            - name: rate-limiting
              config: {minute: 5, policy: redis, redis_host: r, redis_port: 6379, redis_timeout: 2000, redis_password: null}
            - name: rate-limiting-advanced
              config: {redis: {timeout: 100, read_timeout: 5, sentinel_addresses: ["a:1", "b:2"], cluster_addresses: null}}
            - {name: key-auth}
            """), "3.4", "3.10", report));
        Given.Same("""
            _format_version: "3.0"
            plugins:
            - name: rate-limiting
              config: {minute: 5, policy: redis, redis: {host: r, port: 6379, connect_timeout: 2000, read_timeout: 2000, send_timeout: 2000}}
            - name: rate-limiting-advanced
              config: {redis: {read_timeout: 5, connect_timeout: 100, send_timeout: 100, sentinel_nodes: [{ip: a, port: 1}, {ip: b, port: 2}]}}
            - {name: key-auth}
            """, made);
    }

    [Fact]
    public void Refuses_conversions_that_there_are_not() => Assert.Contains("there is no conversion from 3.4 to kong-gateway-3.x",
        Assert.Single(Given.Problems(report => FileConversion.Convert(Given.Map("services: []"), "3.4", "kong-gateway-3.x", report))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("/a-b_c.d~e%20", "/a-b_c.d~e%20")]
    [InlineData("/users/\\d+", "~/users/\\d+")]
    [InlineData("~/users", "~/users")]
    [InlineData("/a?b", "~/a?b")]
    public void Marks_only_paths_that_are_expressions(string path, string expected)
    {
        var made = RegexPaths.Mark(Tree.Map(("routes", Tree.List(Tree.Map(("paths", Tree.Texts([path])))))));
        Assert.Equal([expected], SelectorSet.Of("$.routes[0].paths[*]").Select(made).Select(static node => node.Scalar()));
    }
}
