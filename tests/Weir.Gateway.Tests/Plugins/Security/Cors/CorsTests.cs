using Weir.Gateway.Plugins;
using Weir.Gateway.Tests.Plugins.Authentication;

namespace Weir.Gateway.Tests.Plugins.Security;

public class CorsTests
{
    const string App = "https://app.example.com";

    [Fact]
    public async Task Answers_a_preflight_with_the_defaults()
    {
        var harness = Harness("{}");
        var got = await Preflight(harness, App);
        Assert.Equal((200, ""), (got.Status, got.Body));
        Assert.Null(harness.Got);
        Assert.Equal("*", got.Headers.AccessControlAllowOrigin);
        Assert.Equal("GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT", got.Headers.AccessControlAllowMethods);
        Assert.Equal(0, got.Headers.AccessControlAllowHeaders.Count);
        Assert.Equal(0, got.Headers.AccessControlAllowCredentials.Count);
        Assert.Equal(0, got.Headers.AccessControlMaxAge.Count);
        Assert.Equal(0, got.Headers.Vary.Count);
        Assert.Equal("0", got.Headers["Content-Length"]);
    }

    [Fact]
    public async Task Answers_a_preflight_with_what_is_configured()
    {
        var harness = Harness(
            """
            {"origins":["https://app.example.com"],"methods":["GET","POST"],"headers":["X-A","X-B"],"exposed_headers":["X-C"],"max_age":3600,"credentials":true}
            """);
        var got = await Preflight(harness, App, ("Access-Control-Request-Headers", "x-z"));
        Assert.Equal(App, got.Headers.AccessControlAllowOrigin);
        Assert.Equal("GET,POST", got.Headers.AccessControlAllowMethods);
        Assert.Equal("X-A,X-B", got.Headers.AccessControlAllowHeaders);
        Assert.Equal("3600", got.Headers.AccessControlMaxAge);
        Assert.Equal("true", got.Headers.AccessControlAllowCredentials);
        Assert.Equal("Origin", got.Headers.Vary);
        Assert.Equal(0, got.Headers.AccessControlExposeHeaders.Count);
    }

    [Fact]
    public async Task Without_configured_headers_those_asked_for_are_allowed()
    {
        var got = await Preflight(Harness("{}"), App, ("Access-Control-Request-Headers", "x-a, x-b"));
        Assert.Equal("x-a, x-b", got.Headers.AccessControlAllowHeaders);
    }

    [Theory]
    [InlineData("OPTIONS", App, null)]
    [InlineData("OPTIONS", null, "GET")]
    [InlineData("GET", App, "GET")]
    public async Task What_is_no_preflight_goes_upstream(string method, string? origin, string? asked)
    {
        var harness = Harness("{}");
        var headers = new List<(string, string)>();
        if (origin is not null) headers.Add(("Origin", origin));
        if (asked is not null) headers.Add(("Access-Control-Request-Method", asked));
        var got = await harness.SendAsync(method, "/", null, [.. headers]);
        Assert.Equal("upstream says hello", got.Body);
        Assert.Equal("*", got.Headers.AccessControlAllowOrigin);
    }

    [Fact]
    public async Task A_preflight_can_be_left_to_the_upstream()
    {
        var harness = Harness("""{"preflight_continue":true,"credentials":true}""");
        harness.Upstream = _ => new UpstreamAnswer(204, "", ("Access-Control-Allow-Origin", "https://from.upstream"));
        var got = await Preflight(harness, App);
        Assert.Equal((204, "https://from.upstream"), (got.Status, got.Headers.AccessControlAllowOrigin.ToString()));
        Assert.Equal(0, got.Headers.AccessControlAllowCredentials.Count);
        Assert.Equal("*", (await Harness("""{"preflight_continue":true}""").GetAsync("/", ("Origin", App))).Headers.AccessControlAllowOrigin);
    }

    [Theory]
    [InlineData("""{"private_network":true}""", "true", "true")]
    [InlineData("""{"private_network":true}""", "false", "")]
    [InlineData("{}", "true", "")]
    public async Task Private_networks_are_opened_on_request_only(string config, string asked, string answered)
    {
        var got = await Preflight(Harness(config), App, ("Access-Control-Request-Private-Network", asked));
        Assert.Equal(answered, got.Headers["Access-Control-Allow-Private-Network"].ToString());
    }

    [Theory]
    [InlineData("[]", "https://a.test", "*")]
    [InlineData("""["*"]""", "https://a.test", "*")]
    [InlineData("""["https://b.test","*"]""", "https://a.test", "*")]
    [InlineData("""["https://b.test"]""", "https://a.test", "https://b.test")]
    [InlineData("""["https://b.test","https://a.test"]""", "https://a.test", "https://a.test")]
    [InlineData("""["https://b.test","https://a.test/"]""", "https://a.test", "https://a.test")]
    [InlineData("""["https://b.test","https://a.test:443"]""", "https://a.test", "https://a.test")]
    [InlineData("""["https://b.test","https://a.test"]""", "https://a.test:443", "https://a.test")]
    [InlineData("""["https://b.test","https://a.test"]""", "https://a.test:8443", "")]
    [InlineData("""["https://b.test","https://a.test"]""", "http://a.test", "")]
    [InlineData("""["https://b.test","http://a.test:3000"]""", "http://a.test:3000", "http://a.test:3000")]
    [InlineData("""["https://b.test","https://a.test"]""", "null", "")]
    [InlineData("""["https://b.test","https://a.test"]""", "", "")]
    [InlineData("""["https://[a-z]+\\.test"]""", "https://a.test", "https://a.test")]
    [InlineData("""["^https://[a-z]+\\.test$"]""", "https://a.test", "https://a.test")]
    [InlineData("""["https://[a-z]+\\.test"]""", "https://a.test.evil.example", "")]
    [InlineData("""["https://[a-z]+\\.test"]""", "xhttps://a.test", "")]
    [InlineData("""["https://a\\.test|https://b\\.test"]""", "https://a.test.evil.example", "")]
    [InlineData("""["[a-z]+\\.test"]""", "https://a.test:8443", "https://a.test:8443")]
    [InlineData("""["[a-z]+\\.test"]""", "https://a.test.evil.example", "")]
    [InlineData("""["https://[a-z]+\\.test(:[0-9]+)?"]""", "https://a.test:8443", "https://a.test:8443")]
    public async Task Origins_decide(string origins, string origin, string allowed)
    {
        var harness = Harness($$"""{"origins":{{origins}}}""");
        harness.Upstream = _ => new UpstreamAnswer(200, "", ("Access-Control-Allow-Origin", "https://from.upstream"));
        var got = await harness.GetAsync("/", ("Origin", origin));
        Assert.Equal(allowed, got.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal(allowed == "*" ? "" : "Origin", got.Headers.Vary.ToString());
        Assert.Equal(allowed, (await Preflight(harness, origin)).Headers.AccessControlAllowOrigin.ToString());
    }

    [Fact]
    public async Task With_credentials_the_origin_is_named_instead_of_a_star()
    {
        var harness = Harness("""{"credentials":true}""");
        foreach (var got in new[] { await harness.GetAsync("/", ("Origin", App)), await Preflight(harness, App) })
        {
            Assert.Equal(App, got.Headers.AccessControlAllowOrigin);
            Assert.Equal("true", got.Headers.AccessControlAllowCredentials);
            Assert.Equal("Origin", got.Headers.Vary);
        }
        var without = await harness.GetAsync("/");
        Assert.Equal(("*", ""), (without.Headers.AccessControlAllowOrigin.ToString(), without.Headers.AccessControlAllowCredentials.ToString()));
    }

    [Theory]
    [InlineData("Accept", "Accept,Origin")]
    [InlineData("Accept, origin", "Accept, origin")]
    [InlineData("*", "*")]
    public async Task Vary_is_added_to_what_the_upstream_says(string own, string sent)
    {
        var harness = Harness("""{"origins":["https://a.test","https://b.test"]}""");
        harness.Upstream = _ => new UpstreamAnswer(200, "", ("Vary", own));
        Assert.Equal(sent, (await harness.GetAsync("/", ("Origin", "https://a.test"))).Headers.Vary.ToString());
    }

    [Fact]
    public async Task Headers_can_be_exposed_and_left_out_without_origin()
    {
        var harness = Harness("""{"exposed_headers":["X-A","X-B"],"allow_origin_absent":false}""");
        Assert.Equal("X-A,X-B", (await harness.GetAsync("/", ("Origin", App))).Headers.AccessControlExposeHeaders);
        Assert.Equal(0, (await harness.GetAsync("/")).Headers.AccessControlExposeHeaders.Count);
        Assert.Equal(0, (await harness.GetAsync("/")).Headers.AccessControlAllowOrigin.Count);
        Assert.Equal("*", (await Harness("{}").GetAsync("/")).Headers.AccessControlAllowOrigin);
    }

    [Fact]
    public async Task Refusals_of_other_plugins_can_be_read_too()
    {
        var key = PluginHarness.Create<KeyAuth, KeyAuth.Config>("{}", Identities.Context());
        var harness = new PluginHarness(PluginHarness.Create<Cors, Cors.Config>("""{"origins":["https://app.example.com","https://b.test"]}"""), key);
        var got = await harness.GetAsync("/", ("Origin", App));
        Assert.Equal((401, App), (got.Status, got.Headers.AccessControlAllowOrigin.ToString()));
        Assert.Equal(200, (await Preflight(harness, App)).Status);
    }

    [Theory]
    [InlineData("https://ex\u00e4mple.com")]
    [InlineData("https://a.test\u0001")]
    public async Task What_cannot_stand_in_a_header_is_not_repeated(string origin)
    {
        var got = await Harness("""{"origins":["https://.+","x.+"],"credentials":true}""").GetAsync("/", ("Origin", origin));
        Assert.Equal((200, ""), (got.Status, got.Headers.AccessControlAllowOrigin.ToString()));
        got = await Preflight(Harness("""{"credentials":true}"""), origin, ("Access-Control-Request-Headers", origin));
        Assert.Equal(("*", ""), (got.Headers.AccessControlAllowOrigin.ToString(), got.Headers.AccessControlAllowHeaders.ToString()));
    }

    [Theory]
    [InlineData("""{"origins":["https://ok.test","https://(a"]}""", "origins[1]")]
    [InlineData("""{"origins":["https://(?!a).*"]}""", "origins[0]")]
    [InlineData("""{"methods":["GET","FETCH"]}""", "methods[1]")]
    [InlineData("""{"headers":["ok","b\u00e4d"]}""", "headers[1]")]
    [InlineData("""{"exposed_headers":["a\r\nb"]}""", "exposed_headers[0]")]
    [InlineData("""{"max_age":-2}""", "max_age")]
    public void Bad_settings_are_reported(string config, string field) =>
        Assert.Equal([field], PluginHarness.Check<Cors, Cors.Config>(config).Select(problem => problem.Field));

    static Task<ClientGot> Preflight(PluginHarness harness, string origin, params (string, string)[] more) =>
        harness.SendAsync("OPTIONS", "/", null, [("Origin", origin), ("Access-Control-Request-Method", "PUT"), .. more]);

    static PluginHarness Harness(string config) => new(PluginHarness.Create<Cors, Cors.Config>(config));
}
