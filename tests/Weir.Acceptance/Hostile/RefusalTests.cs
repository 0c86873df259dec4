using System.Text.Json.Nodes;
using Weir.Gateway;

namespace Weir.Acceptance;

/// <summary>What the listener refuses before it is a request is answered, logged and counted like what is refused later.</summary>
public sealed class RefusalTests : IDisposable
{
    const string Get = "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n";

    const string Document = """
        _format_version: "3.0"
        routes:
        - name: fixed
          paths: [/fine]
          plugins:
          - name: request-termination
            config: { status_code: 200, message: here }
        """;

    readonly LogFile _log = new();

    public void Dispose() => _log.Dispose();

    public static TheoryData<string, int, string, string, string, string> Heads => new()
    {
        { "GET /a?b=c HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 400, "Bad request", "GET", "/a", "Invalid request header" },
        { "GET /a HTTP/1.1\r\n\r\n", 400, "Bad request", "GET", "/a", "Request is missing Host header" },
        { "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5x\r\n\r\n", 400, "Bad request", "POST", "/a", "Invalid content length" },
        {
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, x\r\n\r\n", 400, "Bad request", "POST", "/a",
            "The message body length cannot be determined because the final transfer coding was set to 'chunked, x' instead of 'chunked'"
        },
        { "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Bad request", "GET", "/a b", "Invalid request line" },
        { "\u0001\u0002\r\n\r\n", 400, "Bad request", "", @"\x01\x02", "Invalid request line" },
        {
            "\u0016\u0003\u0001\r\n\r\n", 400, "Bad request", "", "",
            "Detected a TLS handshake to an endpoint that does not have TLS enabled"
        },
        { "G(T /a HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Bad request", "G(T", "/a", "Invalid request line" },
        { "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 405, "Method not allowed", "", "", "Method not allowed" },
        { "GET /a HTTP/3.7\r\nHost: a\r\n\r\n", 505, "HTTP version not supported", "", "", "Unrecognized HTTP version" },
        { $"GET /{new string('x', 9000)} HTTP/1.1\r\nHost: a\r\n\r\n", 414, "URI too long", "GET", "/" + new string('x', 1019), "Request line too long" },
        {
            $"GET /a HTTP/1.1\r\nHost: a\r\nX: {new string('x', 40_000)}\r\n\r\n", 431, "Request header or cookie too large", "GET", "/a",
            "Request headers too long"
        },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task Answers_logs_and_counts_a_refused_head(string request, int status, string message, string method, string path, string reason)
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(request);
        var answer = (await client.ReadAnswerAsync())!;
        var entry = await _log.OnlyEntryAsync();
        var id = answer.Header("X-Kong-Request-Id");

        Assert.Equal((status, true, "close"), (answer.Status, answer.IsWhole, answer.Header("Connection")));
        Assert.Equal(("text/plain; charset=utf-8", Product.Token), (answer.Header("Content-Type"), answer.Header("Server")));
        Assert.Equal($"{message}\nrequest_id: {id}\n", answer.Body);
        Assert.Equal(status == 405 ? "OPTIONS" : null, answer.Header("Allow"));
        Assert.True(await client.EndsAsync());

        Assert.Equal((status, "error", id), (Number(entry, "status"), Text(entry, "source"), Text(entry, "request_id")));
        Assert.Equal((method, path), (Text(entry, "method"), Text(entry, "path")));
        Assert.Equal((reason, "127.0.0.1", gateway.Proxy.Authority), (Text(entry, "reason"), Text(entry, "client_ip"), Text(entry, "listener")));
        Assert.Equal(answer.Body.Length, Number(entry, "bytes"));
        var metrics = await MetricsAsync(gateway);
        Assert.Contains($"weir_bad_requests_total{{code=\"{status}\"}} 1", metrics);
        Assert.Contains($"weir_http_requests_total{{route=\"\",service=\"\",code=\"{status}\",source=\"error\"}} 1", metrics);
        Assert.True(!gateway.Log.Errors.Any(), string.Join('\n', gateway.Log.Errors));
    }

    [Fact]
    public async Task Shows_a_refused_head_to_the_plugins_that_keep_records()
    {
        using var seen = new LogFile();
        await using var gateway = await TestGateway.StartAsync($$"""
            {{Document}}
            plugins:
            - name: file-log
              config: { path: {{seen.Path}} }
            """);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET /a HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n");
        var answer = (await client.ReadAnswerAsync())!;
        var entry = await seen.OnlyEntryAsync();

        Assert.Equal((400, "error"), (Number(entry["response"]!, "status"), Text(entry, "source")));
        Assert.Equal(("GET", "127.0.0.1"), (Text(entry["request"]!, "method"), Text(entry, "client_ip")));
        Assert.Equal(answer.Header("X-Kong-Request-Id"), Text(entry["request"]!, "id"));
    }

    [Fact]
    public async Task Refuses_trace()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("TRACE /fine HTTP/1.1\r\nHost: a\r\nCookie: secret\r\n\r\n");
        var answer = (await client.ReadAnswerAsync())!;

        Assert.Equal(405, answer.Status);
        Assert.DoesNotContain("secret", answer.Body);
    }

    [Theory]
    [InlineData("application/json", "application/json; charset=utf-8", "{\n  \"message\":\"Bad request\",")]
    [InlineData("text/html", "text/html; charset=utf-8", "<!doctype html>")]
    public async Task Answers_in_the_form_that_the_client_had_asked_for(string accept, string type, string start)
    {
        await using var gateway = await StartAsync(AccessLogForm.Off);
        var answer = await AskAsync(gateway, $"GET /a HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\nContent-Length: x\r\nBad Header: x\r\n\r\n");
        Assert.Equal((400, type), (answer.Status, answer.Header("Content-Type")));
        Assert.StartsWith(start, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_head_without_a_body()
    {
        await using var gateway = await StartAsync(AccessLogForm.Off);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("HEAD /a HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n");
        var answer = (await client.ReadAnswerAsync(isHead: true))!;
        Assert.Equal(400, answer.Status);
        Assert.NotEqual("0", answer.Header("Content-Length"));
        Assert.True(await client.EndsAsync());
    }

    [Fact]
    public async Task Logs_nothing_of_what_a_refused_header_says()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        await AskAsync(gateway, "GET /a HTTP/1.1\r\nHost: a\r\nAuthori zation: Bearer secret\r\n\r\n");
        Assert.DoesNotContain("secret", (await _log.OnlyEntryAsync()).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_the_second_request_of_a_connection_behind_the_answer_to_the_first()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get + "GET /b HTTP/1.1\r\n\r\n" + Get);
        Assert.Equal(200, (await client.ReadAnswerAsync())!.Status);
        var second = (await client.ReadAnswerAsync())!;
        Assert.Equal((400, true), (second.Status, second.IsWhole));
        Assert.True(await client.EndsAsync());
        Assert.Equal([200, 400], (await _log.LinesAsync(2)).Select(static line => Number(JsonNode.Parse(line)!, "status")));
    }

    [Fact]
    public async Task Answers_over_tls()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        await using var client = await TlsClient.ConnectAsync(gateway.ProxyTls.Port, "a");
        var text = await client.AskToEndAsync("GET /a\0 HTTP/1.1\r\nHost: a\r\n\r\n");
        var entry = await _log.OnlyEntryAsync();
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\nBad request\nrequest_id: {Text(entry, "request_id")}\n", text, StringComparison.Ordinal);
        Assert.Equal(("https", @"/a\x00", gateway.ProxyTls.Authority), (Text(entry, "scheme"), Text(entry, "path"), Text(entry, "listener")));
    }

    [Fact]
    public async Task Answers_a_head_that_takes_too_long()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json, static settings => settings with { ClientHeaderTimeoutSeconds = 1 });
        var answer = await AskAsync(gateway, "GET /slow?x HTT");
        Assert.Equal((408, true), (answer.Status, answer.IsWhole));
        Assert.StartsWith("Request timeout\nrequest_id: ", answer.Body, StringComparison.Ordinal);
        var entry = await _log.OnlyEntryAsync();
        Assert.Equal((408, "GET", "Reading the request headers timed out"), (Number(entry, "status"), Text(entry, "method"), Text(entry, "reason")));
    }

    [Fact]
    public async Task Logs_a_line_of_text_that_cannot_be_forged()
    {
        await using var gateway = await StartAsync(AccessLogForm.Text);
        await AskAsync(gateway, "GET /a\" 200 HTTP/1.1\r\nHost: a\r\n\r\n");
        var line = Assert.Single(await _log.LinesAsync(1));
        Assert.Matches("""^127\.0\.0\.1 - - \[[^]]+\] "GET /a\\x22 200 HTTP/1\.1" 400 \d+ "-" "-" [0-9a-f]{32} - - [\d.]+ - [\d.]+$""", line);
    }

    [Fact]
    public async Task Says_nothing_of_a_connection_that_sends_nothing()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        await using (await gateway.ConnectAsync()) { }
        await AskAsync(gateway, Get);
        Assert.Equal(200, Number(JsonNode.Parse((await _log.LinesAsync(1))[0])!, "status"));
    }

    Task<TestGateway> StartAsync(AccessLogForm form, Func<NodeSettings, NodeSettings>? more = null) => TestGateway.StartAsync(
        Document, settings => (more is null ? settings : more(settings)) with { AccessLog = form, AccessLogFile = _log.Path });

    static async Task<RawAnswer> AskAsync(TestGateway gateway, string request)
    {
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(request);
        return (await client.ReadAnswerAsync())!;
    }

    static async Task<string[]> MetricsAsync(TestGateway gateway)
    {
        using var client = TestGateway.NewClient(gateway.Status);
        return (await client.GetStringAsync("/metrics")).Split('\n');
    }

    static string Text(JsonNode entry, string field) => (string?)entry[field] ?? "";

    static int Number(JsonNode entry, string field) => (int)entry[field]!;
}
