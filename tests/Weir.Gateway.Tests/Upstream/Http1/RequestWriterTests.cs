using System.Text;

namespace Weir.Gateway.Tests;

public sealed class RequestWriterTests
{
    [Fact]
    public void Writes_a_head_as_it_goes_out()
    {
        var writer = new RequestWriter(Http1Limits.Default);
        writer.Begin("POST", "/a%20b", "?c=d");
        writer.Header("Host", "example.test:81");
        writer.Header("X-Name", "Zo\u00eb");
        writer.Header("X-Empty", "");
        writer.Header("X-Real-IP: "u8, "192.0.2.1");
        writer.Lines("Via: 1.1 weir\r\n"u8);
        writer.ContentLength(1234567890123);
        writer.End();
        Assert.Null(writer.Problem);
        Assert.Equal(
            "POST /a%20b?c=d HTTP/1.1\r\nHost: example.test:81\r\nX-Name: Zo\u00eb\r\nX-Empty: \r\nX-Real-IP: 192.0.2.1\r\nVia: 1.1 weir\r\n"
            + "Content-Length: 1234567890123\r\n\r\n",
            Encoding.Latin1.GetString(writer.Written.Span));
    }

    [Theory]
    [InlineData("a\r\nX: y")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    [InlineData("\u007f")]
    [InlineData("a\u0100b")]
    [InlineData("\u560a")]
    [InlineData("\ud83d\ude00")]
    public void Refuses_a_value_that_could_end_a_line(string value)
    {
        Assert.Equal("a header value with a control character", ProblemOf(w => w.Header("X", value)));
        Assert.Equal("a header value with a control character", ProblemOf(w => w.Header("X: "u8, value)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a\r\nb")]
    [InlineData(":path")]
    [InlineData("\u00e9")]
    [InlineData("\u0161")]
    public void Refuses_a_name_that_is_not_a_token(string name) => Assert.Equal("a header name that is not a token", ProblemOf(w => w.Header(name, "v")));

    [Theory]
    [InlineData("")]
    [InlineData("GE T")]
    [InlineData("GET\r\n")]
    [InlineData("G\u00cbT")]
    public void Refuses_a_method_that_is_not_a_token(string method) => Assert.Equal("a method that is not a token", ProblemOf(method, "/", ""));

    [Theory]
    [InlineData("", "")]
    [InlineData("/a b", "")]
    [InlineData("/", "? HTTP/1.1\r\nX: y")]
    [InlineData("/\u00e9", "")]
    [InlineData("/a\tb", "")]
    [InlineData("/\u0130", "")]
    public void Refuses_a_target_that_could_end_the_line(string target, string query) =>
        Assert.Equal("a request target with bytes that do not belong in one", ProblemOf("GET", target, query));

    [Fact]
    public void Grows_to_the_limit_and_refuses_more()
    {
        var limit = Http1Limits.Default.RequestHeadBytesMax;
        var frame = "GET / HTTP/1.1\r\nX: \r\n\r\n".Length;
        Assert.Null(ProblemOf(w => w.Header("X", new string('x', limit - frame))));
        Assert.Equal("a request head over the limit", ProblemOf(w => w.Header("X", new string('x', limit - frame + 1))));
    }

    [Fact]
    public void Is_used_again_without_a_trace_of_the_request_before()
    {
        var writer = new RequestWriter(Http1Limits.Default);
        writer.Begin("BAD METHOD", "/", "");
        writer.Chunked();
        writer.Upgrade("x");
        writer.Begin("GET", "/", "");
        writer.End();
        Assert.Equal((null, false, false, 0L), (writer.Problem, writer.IsChunked, writer.AsksUpgrade, writer.BodyBytesLeft));
        Assert.Equal("GET / HTTP/1.1\r\n\r\n", Encoding.Latin1.GetString(writer.Written.Span));
    }

    [Fact]
    public async Task Sends_nothing_of_a_request_that_is_refused()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 204 No Content\r\n\r\n"));
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection);
        writer.Header("X", "a\r\nb");
        writer.End();
        Assert.Equal(Fault.RequestInvalid, await connection.SendAsync(default, last: true));
        Assert.False(connection.RequestBytesSent);
        rig.Pool.Return(connection);
    }

    [Theory]
    [InlineData(3, "a body shorter than its Content-Length")]
    [InlineData(5, "a body longer than its Content-Length")]
    public async Task Refuses_a_body_unlike_its_length(int bytes, string reason)
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 204 No Content\r\n\r\n"));
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        writer.ContentLength(4);
        writer.End();
        Assert.Equal(Fault.RequestInvalid, await connection.SendAsync(new byte[bytes], last: true));
        Assert.Equal(reason, connection.Reason);
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    static string? ProblemOf(Action<RequestWriter> write)
    {
        var writer = new RequestWriter(Http1Limits.Default);
        writer.Begin("GET", "/", "");
        write(writer);
        writer.End();
        return writer.Problem;
    }

    static string? ProblemOf(string method, string target, string query)
    {
        var writer = new RequestWriter(Http1Limits.Default);
        writer.Begin(method, target, query);
        return writer.Problem;
    }
}
