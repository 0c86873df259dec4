using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class SseReaderTests
{
    [Theory]
    [InlineData("data: a\n\n", "|a")]
    [InlineData("data:a\r\n\r\n", "|a")]
    [InlineData("data: a\r\rdata: b\r\r", "|a;|b")]
    [InlineData("event: x\ndata: a\ndata: b\n\n", "x|a\nb")]
    [InlineData("event: x\n\ndata: a\n\n", "|a")]
    [InlineData(": comment\nid: 1\nretry: 5\ndata\n\n", "|")]
    [InlineData("\uFEFFdata: a\n\n", "|a")]
    [InlineData("data:  a\n\n", "| a")]
    [InlineData("data: never ended\n", "")]
    [InlineData("\n\n\n", "")]
    public void Reads_events(string stream, string expected) => Assert.Equal(expected, Read([Encoding.UTF8.GetBytes(stream)]));

    [Fact]
    public void Reads_the_same_events_wherever_the_stream_is_cut()
    {
        var stream = Encoding.UTF8.GetBytes("event: a\r\ndata: {\"x\":1}\r\n\r\n: ping\n\ndata: first\ndata: second\n\nevent: z\rdata: é\r\rdata: [DONE]\n\n");
        var whole = Read([stream]);
        Prop.ForAll(ArbMap.Default.ArbFor<ushort[]>(), cuts =>
        {
            var places = cuts.Select(cut => cut % stream.Length).Append(0).Append(stream.Length).Distinct().Order().ToList();
            return Read(places.Zip(places.Skip(1), (from, to) => stream[from..to])) == whole;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Gives_up_on_an_event_without_end()
    {
        var reader = new SseReader();
        var piece = new byte[4 * 1024 * 1024];
        Array.Fill(piece, (byte)'x');
        for (var i = 0; i <= SseReader.EventBytesMax / piece.Length && !reader.IsBroken; i++)
        {
            var bytes = piece.AsSpan();
            ReadOnlySpan<byte> rest = bytes;
            Assert.False(reader.TryRead(ref rest, out _));
        }
        Assert.True(reader.IsBroken);
    }

    static string Read(IEnumerable<byte[]> pieces)
    {
        var reader = new SseReader();
        List<string> events = [];
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> bytes = piece;
            while (reader.TryRead(ref bytes, out var read)) events.Add($"{Encoding.UTF8.GetString(read.Name)}|{Encoding.UTF8.GetString(read.Data)}");
        }
        return string.Join(';', events);
    }
}
