using System.Text.Json;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RequestTerminationTests
{
    [Fact]
    public async Task Answers_503_by_default()
    {
        var gateway = Gateway("{}");
        var got = await gateway.GetAsync("/");
        Assert.Equal((503, """{"message":"Service unavailable"}"""), (got.Status, got.Body));
        Assert.Equal("application/json; charset=utf-8", got.Headers.ContentType.ToString());
        Assert.Null(gateway.Got);
    }

    [Theory]
    [InlineData(401, """{"message":"Unauthorized"}""")]
    [InlineData(404, """{"message":"Not found"}""")]
    [InlineData(405, """{"message":"Method not allowed"}""")]
    [InlineData(500, """{"message":"An unexpected error occurred"}""")]
    [InlineData(502, """{"message":"Bad Gateway"}""")]
    [InlineData(418, "")]
    [InlineData(204, "")]
    public async Task A_status_brings_its_usual_message(int status, string body)
    {
        var got = await Gateway($$"""{"status_code": {{status}}}""").GetAsync("/");
        Assert.Equal((status, body), (got.Status, got.Body));
    }

    [Fact]
    public async Task The_message_is_the_operators()
    {
        var got = await Gateway("""{"status_code": 406, "message": "\"Error - Authentication required\""}""").GetAsync("/");
        Assert.Equal((406, """{"message":"\"Error - Authentication required\""}"""), (got.Status, got.Body));
    }

    [Theory]
    [InlineData("""{"body": "<html>"}""", "application/json; charset=utf-8")]
    [InlineData("""{"body": "<html>", "content_type": "text/html"}""", "text/html")]
    public async Task A_body_is_sent_as_it_is(string config, string contentType)
    {
        var got = await Gateway(config).GetAsync("/");
        Assert.Equal(("<html>", contentType), (got.Body, got.Headers.ContentType.ToString()));
    }

    [Theory]
    [InlineData("/", "X-Stop", "1", 503)]
    [InlineData("/", "x-stop", "0", 503)]
    [InlineData("/?X-Stop", "A", "1", 503)]
    [InlineData("/?X-Stop=1", "A", "1", 503)]
    [InlineData("/?y=X-Stop", "A", "X-Stop", 200)]
    public async Task A_trigger_is_a_header_or_a_query_argument(string target, string header, string value, int status) =>
        Assert.Equal(status, (await Gateway("""{"trigger": "X-Stop"}""").GetAsync(target, (header, value))).Status);

    [Fact]
    public async Task An_echo_describes_the_request_and_what_it_matched()
    {
        var got = await Gateway("""{"status_code": 404, "echo": true}""")
            .SendAsync("POST", "/a?x=1&x=2&y", """{"k":"v"}""", ("Content-Type", "application/json"), ("Many", "1"), ("Many", "2"));
        Assert.Equal((404, "application/json; charset=utf-8"), (got.Status, got.Headers.ContentType.ToString()));
        var json = JsonDocument.Parse(got.Body).RootElement;
        Assert.Equal("Not found", json.GetProperty("message").GetString());
        Assert.Equal(Environment.ProcessId, json.GetProperty("kong").GetProperty("worker_pid").GetInt32());
        var request = json.GetProperty("request");
        Assert.Equal("""http gateway.test 80 POST /a {"k":"v"}""",
            string.Join(' ', new[] { "scheme", "host", "port", "method", "path", "raw_body" }.Select(name => request.GetProperty(name).ToString())));
        Assert.Equal("v", request.GetProperty("body").GetProperty("k").GetString());
        Assert.Equal("""["1","2"]""", request.GetProperty("headers").GetProperty("many").GetRawText());
        Assert.Equal("""{"x":["1","2"],"y":""}""", request.GetProperty("query").GetRawText());
        Assert.Equal(JsonValueKind.Object, json.GetProperty("matched_route").ValueKind);
        Assert.Equal(JsonValueKind.Object, json.GetProperty("matched_service").ValueKind);
    }

    [Fact]
    public async Task An_echo_shows_what_is_no_json_as_it_came()
    {
        var got = await Gateway("""{"echo": true, "message": "m", "trigger": "t"}""").SendAsync("POST", "/?t", "{broken", ("Content-Type", "application/json"));
        var request = JsonDocument.Parse(got.Body).RootElement.GetProperty("request");
        Assert.Equal("{broken", request.GetProperty("raw_body").GetString());
        Assert.False(request.TryGetProperty("body", out _));
    }

    [Fact]
    public async Task An_echo_does_not_show_a_body_that_is_too_long()
    {
        var got = await Gateway("""{"echo": true}""").SendAsync("POST", "/", new string('x', RequestEcho.BodyBytesMax + 1));
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(got.Body).RootElement.GetProperty("request").GetProperty("raw_body").ValueKind);
    }

    [Theory]
    [InlineData("""{"message": "m", "body": "b"}""", "", "message cannot be used with content_type or body")]
    [InlineData("""{"content_type": "text/html"}""", "", "content_type requires a body")]
    [InlineData("""{"echo": true, "body": "b"}""", "", "echo cannot be used with content_type and body")]
    [InlineData("""{"status_code": 199}""", "status_code", "199 is not the status of an answer; 200 to 599 is expected")]
    [InlineData("""{"status_code": 99}""", "status_code", "value should be between 100 and 599")]
    public void Refuses_a_wrong_configuration(string config, string field, string message) =>
        Assert.Equal([(field, message)], PluginHarness.Check<RequestTermination, RequestTermination.Config>(config));

    static PluginHarness Gateway(string config) => new(PluginHarness.Create<RequestTermination, RequestTermination.Config>(config));
}
