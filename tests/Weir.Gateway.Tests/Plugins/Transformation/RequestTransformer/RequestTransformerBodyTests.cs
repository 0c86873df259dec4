using FsCheck;
using FsCheck.Fluent;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RequestTransformerBodyTests
{
    const string Multipart = "multipart/form-data; boundary=b";

    [Theory]
    [InlineData("""{"remove": {"body": ["a", "absent"]}}""", """{"a":1,"b":2.50,"c":{"a":1}}""", """{"b":2.50,"c":{"a":1}}""")]
    [InlineData("""{"remove": {"body": ["a"]}}""", """{"a":1,"b":2,"a":3}""", """{"b":2}""")]
    [InlineData("""{"rename": {"body": ["a:b", "absent:x"]}}""", """{"a":[1],"c":null}""", """{"c":null,"b":[1]}""")]
    [InlineData("""{"replace": {"body": ["a:new", "absent:x"]}}""", """{"a":1}""", """{"a":"new"}""")]
    [InlineData("""{"add": {"body": ["a:new", "b:1"]}}""", """{"a":1}""", """{"a":1,"b":"1"}""")]
    [InlineData("""{"append": {"body": ["a:3", "b:2", "c:1"]}}""", """{"a":[1,2],"b":"1"}""", """{"a":[1,2,"3"],"b":["1","2"],"c":["1"]}""")]
    [InlineData("""{"add": {"body": ["b:$(query_params.q)"]}}""", """{"a":"ü<>&\u0000"}""", """{"a":"ü<>&\u0000","b":"é\" }"}""")]
    [InlineData("""{"add": {"body": ["a:1"]}, "remove": {"body": ["x"]}}""", "", """{"a":"1"}""")]
    [InlineData("""{"add": {"body": ["a:1"]}}""", "[1,2]", "[1,2]")]
    [InlineData("""{"add": {"body": ["a:1"]}}""", "{broken", "{broken")]
    [InlineData("""{"remove": {"body": ["absent"]}}""", """{ "a" : 1 }""", """{ "a" : 1 }""")]
    public async Task Changes_json(string config, string body, string expected) =>
        Assert.Equal(expected, await SendAsync(config, body, "application/json; charset=utf-8"));

    [Theory]
    [InlineData("""{"remove": {"body": ["a"]}}""", "a=1&b=%7e&a", "b=%7e")]
    [InlineData("""{"rename": {"body": ["a:b"]}}""", "a=1+2&c", "b=1+2&c")]
    [InlineData("""{"replace": {"body": ["a:n&w", "z:1"]}}""", "a=1", "a=n%26w")]
    [InlineData("""{"add": {"body": ["a:x", "b:y"]}}""", "a=1", "a=1&b=y")]
    [InlineData("""{"append": {"body": ["a:2"]}}""", "a=1", "a=1&a=2")]
    [InlineData("""{"add": {"body": ["a:1"]}}""", "", "a=1")]
    public async Task Changes_a_form(string config, string body, string expected) =>
        Assert.Equal(expected, await SendAsync(config, body, "application/x-www-form-urlencoded"));

    [Theory]
    [InlineData("""{"remove": {"body": ["a"]}}""", "(b)")]
    [InlineData("""{"rename": {"body": ["b:new \"name\""]}}""", "(a)(new %22name%22;f.txt)")]
    [InlineData("""{"replace": {"body": ["b:new", "z:1"]}}""", "(a)(b=new)")]
    [InlineData("""{"add": {"body": ["a:x", "c:y"]}}""", "(a)(b)(c=y)")]
    [InlineData("""{"append": {"body": ["a:x"]}}""", "(a)(b)(a=x)")]
    public async Task Changes_a_multipart_form(string config, string expected)
    {
        const string partA = "Content-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--not a delimiter";
        const string partB = "content-disposition: form-data; filename=\"f.txt\"; name=\"b\"\r\nContent-Type: text/plain\r\n\r\ntwo\r\n";
        var renamed = partB.Replace("\"b\"", "\"new %22name%22\"", StringComparison.Ordinal);
        var got = await SendAsync(config, $"--b\r\n{partA}\r\n--b\r\n{partB}\r\n--b--\r\n", Multipart);
        var text = expected.Replace("(a)", $"--b\r\n{partA}\r\n", StringComparison.Ordinal).Replace("(b)", $"--b\r\n{partB}\r\n", StringComparison.Ordinal)
            .Replace("(new %22name%22;f.txt)", $"--b\r\n{renamed}\r\n", StringComparison.Ordinal);
        foreach (var (mark, name, value) in new[] { ("(b=new)", "b", "new"), ("(c=y)", "c", "y"), ("(a=x)", "a", "x") })
            text = text.Replace(mark, $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n", StringComparison.Ordinal);
        Assert.Equal(text + "--b--\r\n", got);
    }

    [Theory]
    [InlineData("no delimiter at all", Multipart)]
    [InlineData("--b\r\nunfinished", Multipart)]
    [InlineData("--b\r\n--b--\r\n", Multipart)]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n", "multipart/form-data")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n", "multipart/form-data; boundary=other")]
    public async Task A_multipart_body_that_is_not_well_formed_stays(string body, string contentType) =>
        Assert.Equal(body, await SendAsync("""{"remove": {"body": ["a"]}}""", body, contentType));

    [Fact]
    public void Any_bytes_are_taken_apart_or_refused() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            byte[] body = [.. "--b\r\n"u8, .. bytes ?? [], .. "\r\n--b\r\n"u8, .. bytes ?? [], .. "\r\n--b--\r\n"u8];
            return MultipartParts.Parse(body, Multipart) is not { } form || form.ToBytes().AsSpan().SequenceEqual(body);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Other_bodies_stay() => Assert.Equal("a=1", await SendAsync("""{"remove": {"body": ["a"]}}""", "a=1", "text/plain"));

    [Fact]
    public async Task The_type_is_asked_after_headers_have_changed() =>
        Assert.Equal("b=2", await SendAsync("""{"remove": {"body": ["a"]}, "replace": {"headers": ["content-type:application/x-www-form-urlencoded"]}}""",
            "a=1&b=2", "text/plain"));

    [Fact]
    public async Task A_second_transformer_sees_what_the_first_made()
    {
        var gateway = new PluginHarness(Plugin("""{"add": {"body": ["a:1"]}}"""), Plugin("""{"add": {"body": ["b:2"]}}"""));
        await gateway.SendAsync("POST", "/", "{}", ("Content-Type", "application/json"));
        Assert.Equal("""{"a":"1","b":"2"}""", gateway.Got!.Body);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_and_not_let_through_unchanged()
    {
        var gateway = new PluginHarness(Plugin("""{"remove": {"body": ["a"]}}"""));
        var got = await gateway.SendAsync("POST", "/", new string(' ', RequestTransformer.BodyBytesMax + 1), ("Content-Type", "application/json"));
        Assert.Equal(413, got.Status);
        Assert.Null(gateway.Got);
    }

    [Fact]
    public async Task Body_and_query_change_together()
    {
        var gateway = new PluginHarness(Plugin("""{"add": {"body": ["a:1"], "querystring": ["q:1"]}}"""));
        await gateway.SendAsync("POST", "/", "{}", ("Content-Type", "application/json"));
        Assert.Equal(("?q=1", """{"a":"1"}"""), (gateway.Got!.Query, gateway.Got.Body));
    }

    static async Task<string> SendAsync(string config, string body, string contentType)
    {
        var gateway = new PluginHarness(Plugin(config));
        Assert.Equal(200, (await gateway.SendAsync("POST", "/?q=%C3%A9%22%20%7d", body, ("Content-Type", contentType))).Status);
        return gateway.Got!.Body;
    }

    static RequestTransformer Plugin(string config) => PluginHarness.Create<RequestTransformer, RequestTransformer.Config>(config);
}
