namespace Weir.Gateway.Tests;

public sealed class FramingTests
{
    const string Ok = "HTTP/1.1 200 OK\r\n";

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 0")]
    public void Refuses_both_a_length_and_a_transfer_encoding(string lines) => Refused(lines, "both Content-Length and Transfer-Encoding");

    [Fact]
    public void Refuses_lengths_that_differ() => Refused("Content-Length: 5\r\nContent-Length: 6", "two Content-Lengths that differ");

    [Fact]
    public void Accepts_the_same_length_twice() => Assert.Equal("hello", ResponseBytes.Read(Ok + "Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello").Body);

    [Theory]
    [InlineData("")]
    [InlineData("+5")]
    [InlineData("-5")]
    [InlineData("0x5")]
    [InlineData("5a")]
    [InlineData("5 5")]
    [InlineData("5, 5")]
    [InlineData("5;")]
    [InlineData("5.0")]
    [InlineData("1e3")]
    [InlineData("\u00b2")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551621")]
    [InlineData("00000000000000000000000005")]
    public void Refuses_an_invalid_length(string value) => Refused("Content-Length: " + value, "an invalid Content-Length");

    [Theory]
    [InlineData("gzip, chunked")]
    [InlineData("chunked, gzip")]
    [InlineData("chunked, chunked")]
    [InlineData("identity")]
    [InlineData("xchunked")]
    [InlineData("chunked;q=1")]
    [InlineData("chunked,")]
    [InlineData("\"chunked\"")]
    [InlineData("")]
    public void Refuses_another_transfer_encoding(string value) => Refused("Transfer-Encoding: " + value, "a Transfer-Encoding other than chunked");

    [Fact]
    public void Refuses_chunked_twice() => Refused("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "a Transfer-Encoding other than chunked");

    [Fact]
    public void Refuses_chunked_in_http_1_0()
    {
        var got = ResponseBytes.Read("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        Assert.Equal((Fault.HeadInvalid, "Transfer-Encoding in an HTTP/1.0 response"), (got.Fault, got.Reason));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: foo , CLOSE\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", true)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", false)]
    public void Keeps_a_connection_only_when_the_response_allows_it(string response, bool reusable)
    {
        var got = ResponseBytes.Read(response);
        Assert.Equal((Fault.None, "ok", reusable), (got.Fault, got.Body, got.IsReusable));
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n")]
    public void Expects_no_body_where_none_can_be(string method, string response)
    {
        var got = ResponseBytes.Read(response, method);
        Assert.Equal((Fault.None, "", true), (got.Fault, got.Body, got.IsReusable));
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody")]
    public void Does_not_use_a_connection_again_after_a_body_where_none_can_be(string method, string response)
    {
        var got = ResponseBytes.Read(response, method);
        Assert.Equal((Fault.None, "", false), (got.Fault, got.Body, got.IsReusable));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhell")]
    [InlineData("Content-Length: 5\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhe")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    public void Never_takes_a_truncated_body_for_complete(string rest)
    {
        var got = ResponseBytes.Read(Ok + rest);
        Assert.Equal((Fault.BodyTruncated, false), (got.Fault, got.IsReusable));
    }

    static void Refused(string lines, string reason)
    {
        var got = ResponseBytes.Read(Ok + lines + "\r\n\r\nhello");
        Assert.Equal((Fault.HeadInvalid, reason), (got.Fault, got.Reason));
    }
}
