using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Gateway.Tests;

public sealed class ResponsePropertyTests
{
    static readonly FsCheck.Config Many = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Reads_a_response_alike_however_the_stream_is_cut() => Prop.ForAll(
        Arb.From(Responses),
        Arb.From(Gen.ArrayOf(Gen.Choose(1, 40))),
        Arb.From(Gen.Choose(1, 64)),
        static (response, cuts, room) =>
        {
            var whole = ResponseBytes.Read([response.Bytes]);
            var cut = ResponseBytes.Read(Cut(response.Bytes, cuts), "GET", room);
            Assert.Equal(Fault.None, whole.Fault);
            Assert.Equal(response.Body, whole.Body);
            AssertAlike(whole, cut);
        }).Check(Many);

    [Fact]
    public void Refuses_a_response_alike_however_the_stream_is_cut() => Prop.ForAll(
        Arb.From(Responses),
        Arb.From(Mutations),
        Arb.From(Gen.ArrayOf(Gen.Choose(1, 40))),
        static (response, mutations, cuts) =>
        {
            var bytes = Mutate(response.Bytes, mutations);
            var whole = ResponseBytes.Read([bytes]);
            var cut = ResponseBytes.Read(Cut(bytes, cuts));
            // How far the body got before its fault depends on the cuts; the verdict does not.
            Assert.Equal((whole.Fault, whole.Reason, whole.Status), (cut.Fault, cut.Reason, cut.Status));
            if (whole.Fault == Fault.None) AssertAlike(whole, cut);
        }).Check(Many);

    [Fact]
    public void Never_takes_the_beginning_of_a_response_for_the_whole() => Prop.ForAll(
        Arb.From(Responses),
        Arb.From(Gen.Choose(0, 10_000)),
        static (response, at) =>
        {
            var got = ResponseBytes.Read([response.Bytes[..(at % response.Bytes.Length)]]);
            Assert.NotEqual(Fault.None, got.Fault);
            Assert.False(got.IsReusable);
        }).Check(Many);

    [Fact]
    public void Survives_any_bytes() => Prop.ForAll(
        Arb.From(Gen.ArrayOf(Gen.Choose(0, 255).Select(static b => (byte)b))),
        Arb.From(Gen.Elements("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")),
        static (bytes, prefix) =>
        {
            var got = ResponseBytes.Read([[.. Encoding.ASCII.GetBytes(prefix), .. bytes]]);
            Assert.True(got.Fault != Fault.None || got.Status != 0);
        }).Check(Many);

    [Fact]
    public void Reads_back_the_chunks_that_it_writes() => Prop.ForAll(
        Arb.From(Gen.ListOf(Gen.Choose(0, 40_000))),
        Arb.From(Gen.ArrayOf(Gen.Choose(1, 30_000))),
        static (sizes, cuts) =>
        {
            var pieces = sizes.Select(static (size, i) => Enumerable.Repeat((byte)('a' + i % 26), size).ToArray()).ToArray();
            using var clock = new UpstreamClock(new ManualTime());
            var transport = new MemoryTransport([]);
            var connection = new Http1Connection(transport, new(System.Net.IPAddress.Loopback, 1), clock, Http1Limits.Default, new());
            var writer = connection.BeginRequest("POST", "/", "", UpstreamTimeouts.Default);
            writer.Chunked();
            writer.End();
            foreach (var piece in pieces) Assert.Equal(Fault.None, ResponseBytes.Now(connection.SendAsync(piece, last: false)));
            Assert.Equal(Fault.None, ResponseBytes.Now(connection.SendTrailersAsync(0, static (trailers, _) => trailers.Header("X-Sum", "1"))));
            var body = transport.Sent.AsSpan()[(transport.Sent.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..].ToArray();

            var got = ResponseBytes.Read(Cut([.. "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. body], cuts));
            Assert.Equal(Fault.None, got.Fault);
            Assert.Equal(Encoding.Latin1.GetString([.. pieces.SelectMany(static p => p)]), got.Body);
            Assert.Equal([("X-Sum", "1")], got.Trailers);
            Assert.True(connection.RequestComplete);
        }).Check(Many);

    static Gen<Response> Responses =>
        from status in Gen.Elements(200, 201, 404, 500, 999)
        from interim in Gen.Elements("", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        from headers in Gen.ArrayOf(Gen.Elements(
            "Content-Type: text/html\r\n", "X-A: \t b \r\n", "Set-Cookie: a=b\r\n", "set-cookie: c=d\r\n", "Connection: X-A\r\n", "ETag:\r\n",
            "X-B: \u00e9\r\n"))
        from chunks in Gen.ArrayOf(Gen.Elements("x", "hello", "\r\n0\r\n\r\n", new string('y', 5000)))
        from trailers in Gen.Elements("", "X-T: 1\r\n", "X-T: 1\r\nX-U:\r\n")
        from chunked in Gen.Elements(true, false)
        select Build($"{interim}HTTP/1.1 {status} Reason\r\n{string.Concat(headers)}", chunks, trailers, chunked);

    static Gen<(int At, byte With)[]> Mutations => Gen.ArrayOf(
        from at in Gen.Choose(0, 10_000)
        from with in Gen.OneOf(
            Gen.Elements((byte)'\r', (byte)'\n', (byte)' ', (byte)':', (byte)0, (byte)'0', (byte)';'),
            Gen.Choose(0, 255).Select(static b => (byte)b))
        select (at, with));

    static Response Build(string head, string[] chunks, string trailers, bool chunked)
    {
        var body = string.Concat(chunks);
        var text = chunked
            ? head + "Transfer-Encoding: chunked\r\n\r\n" + string.Concat(chunks.Select(static c => $"{c.Length:x}\r\n{c}\r\n")) + "0\r\n" + trailers + "\r\n"
            : $"{head}Content-Length: {body.Length}\r\n\r\n{body}";
        return new(Encoding.Latin1.GetBytes(text), body);
    }

    static byte[] Mutate(byte[] bytes, (int At, byte With)[] mutations)
    {
        byte[] changed = [.. bytes];
        foreach (var (at, with) in mutations) changed[at % changed.Length] = with;
        return changed;
    }

    /// <summary>The same bytes in segments of the given sizes, then one byte at a time for a while, then the rest.</summary>
    static List<byte[]> Cut(byte[] bytes, int[] sizes)
    {
        var segments = new List<byte[]>();
        var at = 0;
        foreach (var size in sizes.Concat(Enumerable.Repeat(1, 200)))
        {
            var count = Math.Min(size, bytes.Length - at);
            segments.Add(bytes[at..(at + count)]);
            at += count;
        }
        segments.Add(bytes[at..]);
        return segments;
    }

    static void AssertAlike(Exchanged one, Exchanged other)
    {
        Assert.Equal((one.Status, one.Body, one.Fault, one.IsReusable), (other.Status, other.Body, other.Fault, other.IsReusable));
        Assert.Equal(one.Headers, other.Headers);
        Assert.Equal(one.Trailers, other.Trailers);
    }

    sealed record Response(byte[] Bytes, string Body)
    {
        public override string ToString() => Encoding.Latin1.GetString(Bytes[..Math.Min(Bytes.Length, 500)]);
    }
}
