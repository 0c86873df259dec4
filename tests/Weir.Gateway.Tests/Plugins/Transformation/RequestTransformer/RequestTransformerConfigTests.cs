using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RequestTransformerConfigTests
{
    [Theory]
    [InlineData("""{"add": {"headers": ["x:$(headers.y"]}}""", "add.headers[0]",
        "value '$(headers.y' is not in supported format, error: ')' is expected, found the end at 12")]
    [InlineData("""{"replace": {"querystring": ["a:1", "b:$(foo)"]}}""", "replace.querystring[1]",
        "value '$(foo)' is not in supported format, error: unknown name 'foo'")]
    [InlineData("""{"append": {"body": ["a:$()"]}}""", "append.body[0]", "value '$()' is not in supported format, error: an expression is expected")]
    [InlineData("""{"rename": {"headers": ["x:$('"]}}""", "rename.headers[0]", "value '$('' is not in supported format, error: unfinished string at 3")]
    [InlineData("""{"replace": {"uri": "/$(1 +)"}}""", "replace.uri",
        "value '/$(1 +)' is not in supported format, error: an expression is expected, found ')' at 7")]
    [InlineData("""{"add": {"headers": ["Content-Length:5"]}}""", "add.headers[0]", "Content-Length and Transfer-Encoding are set by the gateway")]
    [InlineData("""{"rename": {"headers": ["x:transfer-encoding"]}}""", "rename.headers[0]", "Content-Length and Transfer-Encoding are set by the gateway")]
    [InlineData("""{"add": {"headers": ["no colon"]}}""", "add.headers[0]", "invalid value: no colon; expected name:value")]
    [InlineData("""{"append": {"headers": ["b@d name:1"]}}""", "append.headers[0]", "")]
    [InlineData("""{"http_method": "get"}""", "http_method", "invalid value: get")]
    [InlineData("""{"remove": {"uri": "/"}}""", "remove.uri", "unknown field")]
    [InlineData("""{"add": {"json": []}}""", "add.json", "unknown field")]
    public void Refuses_a_wrong_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(Problems(config));
        Assert.Equal(field, problem.Field);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_every_problem() =>
        Assert.Equal(3, Problems("""{"add": {"headers": ["a:$(", "b:$(x)", "Content-Length:1"]}}""").Count);

    [Fact]
    public void Everything_may_be_absent() => Assert.Empty(Problems("{}"));

    [Theory]
    [InlineData("a:b", "a", "b")]
    [InlineData("a:b:c", "a", "b:c")]
    [InlineData("a", "a", null)]
    [InlineData("a:", "a", null)]
    [InlineData("a: b", "a", " b")]
    public void A_pair_is_split_at_its_first_colon(string pair, string name, string? value) => Assert.Equal((name, value), TransformRule.Split(pair));

    static IReadOnlyList<(string Field, string Message)> Problems(string config) => PluginHarness.Check<RequestTransformer, RequestTransformer.Config>(config);
}
