using Microsoft.Extensions.Primitives;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class ResponseTransformerTests
{
    [Fact]
    public async Task Changes_headers_in_order()
    {
        const string config = """
            {"append": {"headers": ["X-A:appended", "X-Many:3"]}, "add": {"headers": ["X-A:added", "X-B: added"]}, "replace": {"headers": ["X-C:new",
             "X-Absent:new"]},
             "rename": {"headers": ["X-Old:X-New", "X-A:X-Z"]}, "remove": {"headers": ["x-a", "X-Gone"]}}
            """;
        var got = await GetAsync(config, "", "text/plain", ("X-A", "sent"), ("X-Gone", "1"), ("X-C", "old"), ("X-Old", "moved"), ("X-Many", "1"),
            ("X-Many", "2"));
        Assert.Equal(new StringValues(["added", "appended"]), got.Headers["X-A"]);
        Assert.Equal(["added", "new", "moved"], new[] { "X-B", "X-C", "X-New" }.Select(name => got.Headers[name].ToString()));
        Assert.Equal(new StringValues(["1", "2", "3"]), got.Headers["X-Many"]);
        Assert.All(new[] { "X-Gone", "X-Absent", "X-Old", "X-Z" }, name => Assert.False(got.Headers.ContainsKey(name)));
    }

    [Theory]
    [InlineData("""{"remove": {"json": ["a", "absent"]}}""", """{"a":1,"b":2.50}""", """{"b":2.50}""")]
    [InlineData("""{"rename": {"json": ["a:b", "absent:x"]}}""", """{"a":[1]}""", """{"b":[1]}""")]
    [InlineData("""{"replace": {"json": ["a:x", "absent:x"]}}""", """{"a":1,"b":2}""", """{"a":"x","b":2}""")]
    [InlineData("""{"add": {"json": ["a:x", "b:http://x"]}}""", """{"a":1}""", """{"a":1,"b":"http://x"}""")]
    [InlineData("""{"append": {"json": ["a:3", "b:2", "c:1"]}}""", """{"a":[1],"b":"1"}""", """{"a":[1,"3"],"b":["1","2"],"c":["1"]}""")]
    [InlineData("""{"add": {"json": ["n:1.5", "i:12345678901234567", "t:true", "s:1", "u:2"], "json_types": ["number", "number", "boolean", "string"]}}""",
        "{}", """{"n":1.5,"i":12345678901234567,"t":true,"s":"1","u":"2"}""")]
    [InlineData("""{"replace": {"json": ["a:false"], "json_types": ["boolean"]}, "append": {"json": ["b:-1"], "json_types": ["number"]}}""", """{"a":1}""",
        """{"a":false,"b":[-1]}""")]
    [InlineData("""{"append": {"json": ["a:2"]}, "add": {"json": ["a:1"]}, "remove": {"json": ["a"]}}""", """{"a":0}""", """{"a":["1","2"]}""")]
    [InlineData("""{"add": {"json": ["a:1"]}}""", "[1, 2]", "[1, 2]")]
    [InlineData("""{"add": {"json": ["a:1"]}}""", "{broken", "{broken")]
    [InlineData("""{"add": {"json": ["a:1"]}}""", "", "")]
    [InlineData("""{"remove": {"json": ["z"]}}""", """{ "a" : "ü" }""", """{ "a" : "ü" }""")]
    public async Task Changes_json(string config, string body, string expected)
    {
        var got = await GetAsync(config, body, "application/json; charset=utf-8");
        Assert.Equal((200, expected), (got.Status, got.Body));
    }

    [Fact]
    public async Task The_length_of_a_transformed_body_is_not_the_upstreams() =>
        Assert.Null((await GetAsync("""{"remove": {"json": ["a"]}}""", """{"a":1}""", "application/json")).Headers.ContentLength);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    public async Task What_is_not_json_keeps_its_body_and_length(string contentType)
    {
        var got = await GetAsync("""{"remove": {"json": ["a"]}}""", """{"a":1}""", contentType);
        Assert.Equal(("""{"a":1}""", 7), (got.Body, got.Headers.ContentLength));
    }

    [Fact]
    public async Task What_is_compressed_is_left_alone() =>
        Assert.Equal("""{"a":1}""", (await GetAsync("""{"remove": {"json": ["a"]}}""", """{"a":1}""", "application/json", ("Content-Encoding", "gzip"))).Body);

    [Fact]
    public async Task Headers_alone_do_not_touch_the_body() =>
        Assert.Equal(7, (await GetAsync("""{"add": {"headers": ["x:1"]}}""", """{"a":1}""", "application/json")).Headers.ContentLength);

    [Fact]
    public async Task Answers_of_the_gateway_are_transformed_too()
    {
        var gateway = new PluginHarness(Plugin("""{"add": {"json": ["help:https://x"], "headers": ["X-A:1"]}}"""),
            PluginHarness.Create<RequestTermination, RequestTermination.Config>("{}"));
        var got = await gateway.GetAsync("/");
        Assert.Equal((503, """{"message":"Service unavailable","help":"https://x"}""", "1"), (got.Status, got.Body, got.Headers["X-A"].ToString()));
    }

    [Fact]
    public async Task A_declared_length_that_is_too_long_is_answered_502()
    {
        var got = await GetAsync("""{"remove": {"json": ["a"]}}""", new string(' ', ResponseTransformer.BodyBytesMax + 1), "application/json");
        Assert.Equal(502, got.Status);
        Assert.Contains("too large to be transformed", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_that_grows_too_long_is_cut_off_and_not_let_through_unchanged()
    {
        var exchange = Requests.Exchange();
        var gone = new CutOff();
        exchange.Http.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpRequestLifetimeFeature>(gone);
        var plugin = Plugin("""{"remove": {"json": ["a"]}}""");
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        plugin.OnChunk(exchange, new byte[ResponseTransformer.BodyBytesMax], false, output);
        Assert.False(gone.IsAborted);
        plugin.OnChunk(exchange, "x"u8, false, output);
        plugin.OnChunk(exchange, default, true, output);
        Assert.True(gone.IsAborted);
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("HEAD", 200, false)]
    [InlineData("GET", 304, false)]
    [InlineData("GET", 204, false)]
    [InlineData("GET", 500, true)]
    public void An_answer_without_body_is_not_waited_for(string method, int status, bool wanted)
    {
        var exchange = Requests.Exchange();
        exchange.Method = method;
        exchange.Http.Response.StatusCode = status;
        exchange.Http.Response.ContentType = "application/json";
        Assert.Equal(wanted, Plugin("""{"remove": {"json": ["a"]}}""").WantsBody(exchange));
    }

    [Theory]
    [InlineData("""{"add": {"json": ["a:x"], "json_types": ["number"]}}""", "add.json[0]", "'x' is not a number")]
    [InlineData("""{"replace": {"json": ["a:1", "b:yes"], "json_types": ["number", "boolean"]}}""", "replace.json[1]", "'yes' is not a boolean")]
    [InlineData("""{"append": {"headers": ["Content-Length:1"]}}""", "append.headers[0]", "Content-Length and Transfer-Encoding are set by the gateway")]
    [InlineData("""{"rename": {"headers": ["x:Transfer-Encoding"]}}""", "rename.headers[0]", "Content-Length and Transfer-Encoding are set by the gateway")]
    [InlineData("""{"add": {"headers": ["x:a\u0001"]}}""", "add.headers[0]", "a header value cannot contain control characters")]
    [InlineData("""{"add": {"headers": ["x"]}}""", "add.headers[0]", "invalid value: x; expected name:value")]
    [InlineData("""{"rename": {"json": ["x"]}}""", "rename.json[0]", "invalid value: x; expected name:value")]
    [InlineData("""{"add": {"json_types": ["object"]}}""", "add.json_types[0]", "expected one of")]
    [InlineData("""{"remove": {"json_types": []}}""", "remove.json_types", "unknown field")]
    public void Refuses_a_wrong_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(PluginHarness.Check<ResponseTransformer, ResponseTransformer.Config>(config));
        Assert.Equal(field, problem.Field);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    static Task<ClientGot> GetAsync(string config, string body, string contentType, params (string, string)[] headers)
    {
        var gateway = new PluginHarness(Plugin(config)) { Upstream = _ => new UpstreamAnswer(200, body, [("Content-Type", contentType), .. headers]) };
        return gateway.GetAsync("/");
    }

    static ResponseTransformer Plugin(string config) => PluginHarness.Create<ResponseTransformer, ResponseTransformer.Config>(config);

    sealed class CutOff : Microsoft.AspNetCore.Http.Features.IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }
        public CancellationToken RequestAborted { get; set; }
        public void Abort() => IsAborted = true;
    }
}
