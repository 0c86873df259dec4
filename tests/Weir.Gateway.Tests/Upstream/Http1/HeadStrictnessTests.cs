namespace Weir.Gateway.Tests;

public sealed class HeadStrictnessTests
{
    const string Ok = "HTTP/1.1 200 OK\r\n";

    [Theory]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 +20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1\t200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("ICY 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public void Refuses_a_bad_status_line(string response) => Refused(response, "not an HTTP/1 status line");

    [Fact]
    public void Refuses_http_0_9_junk_at_its_first_byte() => Refused("<html>hello", "not an HTTP/1 status line");

    [Theory]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 Gr\u00fc\u00df Gott\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n")]
    public void Accepts_any_reason_or_none(string response) => Assert.Equal(Fault.None, ResponseBytes.Read(response).Fault);

    [Theory]
    [InlineData(Ok + "A: b\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\n\n")]
    [InlineData(Ok + "\n")]
    public void Refuses_a_bare_line_feed(string response) => Refused(response, "a line feed without a carriage return");

    [Theory]
    [InlineData(Ok + "A: b\rc\r\n\r\n")]
    [InlineData(Ok + "A: b\r\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\rK\r\n\r\n")]
    public void Refuses_a_bare_carriage_return(string response) => Refused(response, "a carriage return without a line feed");

    [Theory]
    [InlineData("A: b\0c")]
    [InlineData("A: \u0001")]
    [InlineData("A: \u007f")]
    [InlineData("A: b\u000bc")]
    [InlineData("A\0: b")]
    public void Refuses_a_control_character(string line) => Refused(Ok + line + "\r\n\r\n", "a control character in a line");

    [Theory]
    [InlineData(" folded")]
    [InlineData("\tfolded")]
    [InlineData(" B: c")]
    [InlineData(" ")]
    public void Refuses_a_folded_line(string line) => Refused(Ok + "A: b\r\n" + line + "\r\n\r\n", "a folded header line");

    [Fact]
    public void Refuses_a_folded_line_as_the_first() => Refused(Ok + " A: b\r\n\r\n", "a folded header line");

    [Theory]
    [InlineData("Content-Length : 5")]
    [InlineData("A\t: b")]
    public void Refuses_whitespace_before_the_colon(string line) => Refused(Ok + line + "\r\n\r\n", "whitespace before the colon of a header");

    [Theory]
    [InlineData(": b")]
    [InlineData("A(: b")]
    [InlineData("\u00c4: b")]
    [InlineData("A,B: b")]
    [InlineData("A\"B: b")]
    public void Refuses_a_name_that_is_not_a_token(string line) => Refused(Ok + line + "\r\n\r\n", "a header name that is not a token");

    [Fact]
    public void Refuses_a_line_without_a_colon() => Refused(Ok + "nonsense\r\n\r\n", "a header line without a colon");

    [Fact]
    public void Keeps_tabs_and_high_bytes_inside_values()
    {
        var got = ResponseBytes.Read(Ok + "A: \t b\tc\u00e9 \t\r\nB:\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal([("A", "b\tc\u00e9"), ("B", ""), ("Content-Length", "0")], got.Headers);
    }

    [Fact]
    public void Accepts_a_head_at_the_limit_and_refuses_one_byte_more()
    {
        var limits = Http1Limits.Default;
        var frame = (Ok + "A: \r\nContent-Length: 0\r\n\r\n").Length;
        Assert.Equal(Fault.None, OfSize(limits.ResponseHeadBytesMax));
        Assert.Equal(Fault.HeadTooLarge, OfSize(limits.ResponseHeadBytesMax + 1));

        Fault OfSize(int bytes) => ResponseBytes.Read(Ok + "A: " + new string('x', bytes - frame) + "\r\nContent-Length: 0\r\n\r\n").Fault;
    }

    [Fact]
    public void Refuses_a_head_without_end() => Assert.Equal(Fault.HeadTooLarge, ResponseBytes.Read(Ok + "A: " + new string('x', 1 << 20)).Fault);

    [Fact]
    public void Accepts_200_headers_and_refuses_201()
    {
        Assert.Equal(Fault.None, WithHeaders(199));
        Assert.Equal(Fault.HeadTooLarge, WithHeaders(200));

        static Fault WithHeaders(int others) =>
            ResponseBytes.Read(Ok + string.Concat(Enumerable.Repeat("A: b\r\n", others)) + "Content-Length: 0\r\n\r\n").Fault;
    }

    [Theory]
    [InlineData("H")]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r")]
    public void Tells_an_end_inside_the_head(string response) => Assert.Equal(Fault.HeadTruncated, ResponseBytes.Read(response).Fault);

    [Fact]
    public void Tells_an_end_before_the_response() => Assert.Equal(Fault.ClosedBeforeResponse, ResponseBytes.Read("").Fault);

    static void Refused(string response, string reason)
    {
        var got = ResponseBytes.Read(response);
        Assert.Equal((Fault.HeadInvalid, reason), (got.Fault, got.Reason));
        Assert.False(got.IsReusable);
    }
}
