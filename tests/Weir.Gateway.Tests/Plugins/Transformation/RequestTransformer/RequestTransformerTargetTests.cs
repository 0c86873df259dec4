using FsCheck;
using FsCheck.Fluent;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RequestTransformerTargetTests
{
    [Theory]
    [InlineData("""{"remove": {"querystring": ["a", "absent"]}}""", "?a=1&b=2&a=3", "?b=2")]
    [InlineData("""{"remove": {"querystring": ["a"]}}""", "?a=1", "")]
    [InlineData("""{"remove": {"querystring": ["a b"]}}""", "?a%20b=1&a+b=2&c", "?c")]
    [InlineData("""{"rename": {"querystring": ["a:b c"]}}""", "?x=%2f&a=%7e&b%20c=old", "?x=%2f&b%20c=%7e")]
    [InlineData("""{"rename": {"querystring": ["absent:b"]}}""", "?b=1", "?b=1")]
    [InlineData("""{"replace": {"querystring": ["a:n w", "absent:1"]}}""", "?a=1&b=2&a=3", "?a=n%20w&b=2")]
    [InlineData("""{"add": {"querystring": ["a:new", "c:new"]}}""", "?a=1", "?a=1&c=new")]
    [InlineData("""{"add": {"querystring": ["q1:a&b=c"]}}""", "", "?q1=a%26b%3Dc")]
    [InlineData("""{"append": {"querystring": ["a:2", "b: x"]}}""", "?a=1", "?a=1&a=2&b=%20x")]
    [InlineData("""{"add": {"querystring": ["a:$(query_params.b)"]}}""", "?b=%3d", "?b=%3d&a=%3D")]
    [InlineData(
        """{"append": {"querystring": ["a:1"]}, "add": {"querystring": ["a:2"]}, "rename": {"querystring": ["a:z"]}, "replace": {"querystring": ["z:3"]}}""",
        "?a=0", "?z=3&a=2&a=1")]
    [InlineData("""{"add": {"headers": ["x:1"]}}""", "?", "?")]
    [InlineData("""{"remove": {"querystring": ["z"]}}""", "?&&a=%zz&", "?&&a=%zz&")]
    public async Task Changes_the_query(string config, string query, string expected)
    {
        var gateway = Gateway(config);
        await gateway.GetAsync("/" + query);
        Assert.Equal(expected, gateway.Got!.Query);
    }

    [Theory]
    [InlineData("/new/path", "", "/new/path", "")]
    [InlineData("new", "?a=1", "/new", "?a=1")]
    [InlineData("/u/$(headers['x-user'])/$(query_params.a or 'none')", "?a=1", "/u/joe%20/1", "?a=1")]
    [InlineData("/u/$(query_params.a)", "?a=%C3%BC%0d%0a%23%5c", "/u/%C3%BC%0D%0A%23%5C", "?a=%C3%BC%0d%0a%23%5c")]
    [InlineData("/keep%2Fthis/but%this/100%", "", "/keep%2Fthis/but%25this/100%25", "")]
    [InlineData("/p?x=1", "", "/p", "?x=1")]
    [InlineData("/p?x=1 2&y=?", "?a=1", "/p", "?x=1%202&y=?&a=1")]
    [InlineData("/p?", "?a=1", "/p", "?a=1")]
    [InlineData("/\ud83d\ude00", "", "/%F0%9F%98%80", "")]
    public async Task Replaces_the_path(string uri, string query, string path, string upstreamQuery)
    {
        var gateway = Gateway($$$"""{"replace": {"uri": {{{System.Text.Json.JsonSerializer.Serialize(uri)}}}}}""");
        await gateway.GetAsync("/old" + query, ("X-User", "joe "));
        Assert.Equal((path, upstreamQuery), (gateway.Got!.Path, gateway.Got.Query));
    }

    [Fact]
    public void Any_text_makes_a_path_that_can_be_sent() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var upstream = new UpstreamRequest();
            UpstreamTarget.Set(upstream, text.Get);
            return upstream.Path.StartsWith('/')
                && (upstream.Path + upstream.Query).All(c => c is > ' ' and < '\x7f' and not '#' and not '"' and not '<' and not '\\');
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Arguments_that_nothing_changes_keep_their_bytes() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var arguments = new ArgumentList(text.Get);
            arguments.Remove("no such name\0");
            return !arguments.IsChanged && arguments.ToString() == string.Join('&', text.Get.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
                || text.Get.StartsWith("??", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Changes_the_method()
    {
        var gateway = Gateway("""{"http_method": "PUT"}""");
        await gateway.SendAsync("POST", "/", "body");
        Assert.Equal(("PUT", "body"), (gateway.Got!.Method, gateway.Got.Body));
    }

    [Theory]
    [InlineData("GET", "application/x-www-form-urlencoded", "?a=1&b=2&a=3")]
    [InlineData("HEAD", "application/x-www-form-urlencoded; charset=utf-8", "?a=1&b=2&a=3")]
    [InlineData("TRACE", "application/x-www-form-urlencoded", "?a=1&b=2&a=3")]
    [InlineData("PUT", "application/x-www-form-urlencoded", "?a=1")]
    [InlineData("GET", "application/json", "?a=1")]
    public async Task A_form_moves_to_the_query_of_a_request_without_body(string method, string contentType, string query)
    {
        var gateway = Gateway($$"""{"http_method": "{{method}}"}""");
        await gateway.SendAsync("POST", "/?a=1", "b=2&a=3", ("Content-Type", contentType));
        Assert.Equal((method, query), (gateway.Got!.Method, gateway.Got.Query));
    }

    static PluginHarness Gateway(string config) => new(PluginHarness.Create<RequestTransformer, RequestTransformer.Config>(config));
}
