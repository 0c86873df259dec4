namespace Weir.Gateway.Tests;

public sealed class ChunkDecoderTests
{
    const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData("+5\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData(" 5\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("5\t;a\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData(";a=b\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("5\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("G\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("5,\r\nhello\r\n0\r\n\r\n", "a chunk size that is not hexadecimal")]
    [InlineData("00000000000000005\r\nhello\r\n0\r\n\r\n", "a chunk size with too many digits")]
    [InlineData("8000000000000000\r\nhello\r\n0\r\n\r\n", "a chunk size that overflows")]
    [InlineData("FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "a chunk size that overflows")]
    [InlineData("5\rhello\r\n0\r\n\r\n", "a chunk size line that does not end with CRLF")]
    [InlineData("5;a\r\r\nhello\r\n0\r\n\r\n", "a chunk size line that does not end with CRLF")]
    [InlineData("5;a\nb\r\nhello\r\n0\r\n\r\n", "a control character in a chunk extension")]
    [InlineData("5;\0\r\nhello\r\n0\r\n\r\n", "a control character in a chunk extension")]
    [InlineData("5\r\nhello!\r\n0\r\n\r\n", "chunk content longer than its size")]
    [InlineData("5\r\nhello0\r\n\r\n", "chunk content longer than its size")]
    [InlineData("5\r\nhello\n0\r\n\r\n", "chunk content longer than its size")]
    [InlineData("5\r\nhello\r0\r\n\r\n", "chunk content that does not end with CRLF")]
    [InlineData("0\r\n\n", "a line feed without a carriage return")]
    [InlineData("0\r\nA : b\r\n\r\n", "whitespace before the colon of a header")]
    [InlineData("0\r\n A: b\r\n\r\n", "a folded header line")]
    [InlineData("0\r\nA: \0\r\n\r\n", "a control character in a line")]
    public void Refuses_broken_framing(string body, string reason)
    {
        var got = ResponseBytes.Read(Chunked + body);
        Assert.Equal((Fault.BodyInvalid, reason, false), (got.Fault, got.Reason, got.IsReusable));
    }

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0000000000000005\r\nhello\r\n00\r\n\r\n")]
    [InlineData("2;a=b;c=\"d\"\r\nhe\r\n3;\r\nllo\r\n0;z\r\n\r\n")]
    [InlineData("1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n")]
    public void Reads_valid_framing(string body)
    {
        var got = ResponseBytes.Read(Chunked + body);
        Assert.Equal((Fault.None, "hello", true), (got.Fault, got.Body, got.IsReusable));
    }

    [Fact]
    public void Reads_hexadecimal_sizes_in_either_case()
    {
        var text = new string('x', 0xAB);
        Assert.Equal(text + text, ResponseBytes.Read($"{Chunked}aB\r\n{text}\r\nAb\r\n{text}\r\n0\r\n\r\n").Body);
    }

    [Fact]
    public void Refuses_an_extension_over_the_limit()
    {
        var longest = new string('e', Http1Limits.Default.ChunkExtensionBytesMax);
        Assert.Equal(Fault.None, ResponseBytes.Read($"{Chunked}5;{longest}\r\nhello\r\n0\r\n\r\n").Fault);
        var got = ResponseBytes.Read($"{Chunked}5;{longest}e\r\nhello\r\n0\r\n\r\n");
        Assert.Equal((Fault.BodyInvalid, "a chunk extension over the limit"), (got.Fault, got.Reason));
    }

    [Fact]
    public void Refuses_many_small_chunks_with_large_extensions()
    {
        var chunk = "1;" + new string('e', 200) + "\r\nx\r\n";
        var got = ResponseBytes.Read(Chunked + string.Concat(Enumerable.Repeat(chunk, 1000)) + "0\r\n\r\n");
        Assert.Equal((Fault.BodyInvalid, "more chunk framing than the limit allows"), (got.Fault, got.Reason));
    }

    [Fact]
    public void Accepts_any_number_of_one_byte_chunks()
    {
        var got = ResponseBytes.Read(Chunked + string.Concat(Enumerable.Repeat("1\r\nx\r\n", 100_000)) + "0\r\n\r\n");
        Assert.Equal((Fault.None, 100_000), (got.Fault, got.Body.Length));
    }

    [Fact]
    public void Refuses_too_many_trailers()
    {
        var max = Http1Limits.Default.TrailersMax;
        Assert.Equal(max, With(max).Trailers.Length);
        Assert.Equal(Fault.BodyInvalid, With(max + 1).Fault);

        static Exchanged With(int count) => ResponseBytes.Read(Chunked + "0\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", count)) + "\r\n");
    }

    [Fact]
    public void Refuses_a_trailer_section_over_the_limit()
    {
        var got = ResponseBytes.Read(Chunked + "0\r\nA: " + new string('x', Http1Limits.Default.TrailerBytesMax * 4));
        Assert.Equal((Fault.BodyInvalid, "a trailer section over the limit"), (got.Fault, got.Reason));
    }
}
