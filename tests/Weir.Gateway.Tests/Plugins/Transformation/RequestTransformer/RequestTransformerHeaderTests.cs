using Microsoft.Extensions.Primitives;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RequestTransformerHeaderTests
{
    [Fact]
    public async Task Removes()
    {
        var got = await SendAsync("""{"remove": {"headers": ["X-One", "x-absent"]}}""", ("x-one", "1"), ("X-Two", "2"));
        Assert.False(got.Headers.ContainsKey("X-One"));
        Assert.Equal("2", got.Headers["X-Two"]);
    }

    [Fact]
    public async Task Renames_with_all_values_and_over_an_existing_one()
    {
        var got = await SendAsync("""{"rename": {"headers": ["X-Old:X-New", "x-absent:x-other"]}}""", ("X-Old", "1"), ("X-Old", "2"), ("X-New", "gone"));
        Assert.False(got.Headers.ContainsKey("X-Old"));
        Assert.False(got.Headers.ContainsKey("X-Other"));
        Assert.Equal(new StringValues(["1", "2"]), got.Headers["X-New"]);
    }

    [Fact]
    public async Task Renames_the_case_alone() => Assert.Equal("1", (await SendAsync("""{"rename": {"headers": ["x-a:X-A"]}}""", ("x-a", "1"))).Headers["X-A"]);

    [Fact]
    public async Task Replaces_only_what_is_there()
    {
        var got = await SendAsync("""{"replace": {"headers": ["x-one: new", "X-Absent:new"]}}""", ("X-One", "old"), ("X-One", "older"));
        Assert.Equal("new", got.Headers["X-One"]);
        Assert.False(got.Headers.ContainsKey("X-Absent"));
    }

    [Fact]
    public async Task Adds_only_what_is_not_there()
    {
        var got = await SendAsync("""{"add": {"headers": ["X-One:new", "X-Two:http://a:80"]}}""", ("x-one", "old"));
        Assert.Equal("old", got.Headers["X-One"]);
        Assert.Equal("http://a:80", got.Headers["X-Two"]);
    }

    [Fact]
    public async Task Appends_always()
    {
        var got = await SendAsync("""{"append": {"headers": ["X-One:2", "X-Two:1", "X-Two:2"]}}""", ("x-one", "1"));
        Assert.Equal(new StringValues(["1", "2"]), got.Headers["X-One"]);
        Assert.Equal(new StringValues(["1", "2"]), got.Headers["X-Two"]);
    }

    [Fact]
    public async Task Removes_renames_replaces_adds_and_appends_in_this_order()
    {
        const string config = """
            {"append": {"headers": ["X-A:appended"]}, "add": {"headers": ["X-A:added", "X-B:added"]}, "replace": {"headers": ["X-B:replaced", "X-C:replaced"]},
             "rename": {"headers": ["X-A:X-D", "X-E:X-B"]}, "remove": {"headers": ["X-A"]}}
            """;
        var got = await SendAsync(config, ("X-A", "sent"), ("X-E", "sent"), ("X-C", "sent"));
        Assert.Equal(new StringValues(["added", "appended"]), got.Headers["X-A"]);
        Assert.Equal("replaced", got.Headers["X-B"]);
        Assert.Equal("replaced", got.Headers["X-C"]);
        Assert.False(got.Headers.ContainsKey("X-D"));
    }

    [Fact]
    public async Task Host_can_be_replaced_and_nothing_else()
    {
        Assert.Equal("other.test", (await SendAsync("""{"replace": {"headers": ["host:other.test"]}}""")).Host);
        const string others = """
            {"remove": {"headers": ["host"]}, "rename": {"headers": ["host:x-host"]}, "add": {"headers": ["host:a"]}, "append": {"headers": ["Host:b"]}}
            """;
        var got = await SendAsync(others);
        Assert.Null(got.Host);
        Assert.Equal("gateway.test", got.Headers.Host);
        Assert.False(got.Headers.ContainsKey("X-Host"));
    }

    [Fact]
    public async Task Removing_the_length_does_not_touch_the_framing()
    {
        var got = await SendAsync("""{"remove": {"headers": ["content-length", "Transfer-Encoding"]}}""", ("Content-Length", "0"));
        Assert.Equal("0", got.Headers["Content-Length"]);
    }

    [Fact]
    public async Task Templates_see_the_request_as_it_came()
    {
        const string config = """
            {"remove": {"headers": ["Authorization"]}, "replace": {"headers": ["X-User:changed"]},
             "add": {"headers": ["X-Auth:$(headers.authorization)", "X-Was:$(headers['x-user'])", "X-Arg:$(query_params.a)",
              "X-Default:$(headers.nope or \"none\")"]}}
            """;
        var got = await SendAsync(config, ("Authorization", "secret"), ("X-User", "joe"));
        Assert.Equal(["secret", "joe", "1 2", "none", "changed"],
            new[] { "X-Auth", "X-Was", "X-Arg", "X-Default", "X-User" }.Select(name => got.Headers[name].ToString()));
    }

    [Fact]
    public async Task A_line_break_from_a_template_does_not_make_a_header()
    {
        var gateway = Gateway("""{"add": {"headers": ["X-Arg:$(query_params.a)"]}}""");
        Assert.Equal(400, (await gateway.GetAsync("/?a=1%0d%0aX-Evil:%201")).Status);
        Assert.Null(gateway.Got);
    }

    [Theory]
    [InlineData("%20x")]
    [InlineData("Content-Length")]
    [InlineData("host")]
    public async Task A_header_cannot_be_renamed_to_what_is_no_name_or_not_the_clients_to_set(string name) =>
        Assert.Equal(400, (await Gateway("""{"rename": {"headers": ["X-One:$(query_params.a)"]}}""").GetAsync("/?a=" + name, ("X-One", "1"))).Status);

    [Fact]
    public async Task A_template_that_cannot_be_rendered_is_answered_500()
    {
        var gateway = Gateway("""{"add": {"headers": ["X-Arg:$(headers.nope .. 'x')"]}}""");
        var got = await gateway.GetAsync("/");
        Assert.Equal(500, got.Status);
        Assert.Contains("An unexpected error occurred", got.Body, StringComparison.Ordinal);
        Assert.Null(gateway.Got);
    }

    static async Task<UpstreamGot> SendAsync(string config, params (string Name, string Value)[] headers)
    {
        var gateway = Gateway(config);
        Assert.Equal(200, (await gateway.GetAsync("/?a=1%202", headers)).Status);
        return gateway.Got!;
    }

    static PluginHarness Gateway(string config) => new(PluginHarness.Create<RequestTransformer, RequestTransformer.Config>(config));
}
