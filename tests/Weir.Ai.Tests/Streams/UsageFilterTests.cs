using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class UsageFilterTests
{
    const string Delta = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\"}}],\"usage\":null}\n\n";
    const string Bare = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\"}}]}\n\n";
    const string Usage = "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"total_tokens\":2}}\n\n";
    const string Done = "data: [DONE]\n\n";

    [Theory]
    [InlineData(Bare + Done, Bare + Done)]
    [InlineData(Delta + Delta + Usage + Done, Bare + Bare + Done)]
    [InlineData(": ping\n\n" + Delta, ": ping\n\n" + Bare)]
    [InlineData("data: {\"choices\": [],\"usage\": {\"total_tokens\":2}}\r\n\r\n" + Done, Done)]
    [InlineData("event: a\ndata: {\"choices\":[],\"usage\":{}}\n\n", "")]
    public void Takes_out_what_was_not_asked_for(string stream, string passed) => Assert.Equal(passed, Pass(stream, stream.Length));

    [Theory]
    [InlineData("data: {\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":2}}\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":null\"}}]}\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"the \\\"usage\\\" of it\"}}]}\n\n")]
    [InlineData("data: {\"error\":{\"message\":\"x\"}}\n\n")]
    [InlineData("data: {\"choices\":[],\"usage\":{\"total_tokens\":2}}\n")]
    [InlineData("\n\n\n")]
    [InlineData("")]
    public void Passes_everything_else_byte_for_byte(string stream) => Assert.Equal(stream, Pass(stream, Math.Max(1, stream.Length)));

    [Fact]
    public void Does_not_keep_a_whole_event_waiting()
    {
        var output = new ArrayBufferWriter<byte>();
        new UsageFilter().Pass(Encoding.UTF8.GetBytes(Bare + "data: {"), output);
        Assert.Equal(Bare, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Gives_the_same_wherever_the_stream_is_cut()
    {
        string[] pieces = [Delta, Bare, Usage, Done, ": ping\n\n", "\n", "data: {\"choices\":[],\"usage\":{\"a\":1}}\r\n\r\n", "\r\n", "data: x"];
        Prop.ForAll(ArbMap.Default.ArbFor<(byte[] Which, byte[] Sizes)>(), random =>
        {
            var stream = string.Concat(random.Which.Select(which => pieces[which % pieces.Length]));
            return Pass(stream, [.. random.Sizes.Select(static size => 1 + (size % 90))]) == Pass(stream, stream.Length + 1)
                && Pass(stream, 1) == Pass(stream, stream.Length + 1);
        }).QuickCheckThrowOnFailure();
    }

    static string Pass(string stream, params int[] sizes)
    {
        var filter = new UsageFilter();
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            var size = sizes.Length == 0 ? bytes.Length : sizes[i % sizes.Length];
            var piece = bytes.AsSpan(at, Math.Min(size, bytes.Length - at));
            filter.Pass(piece, output);
            at += piece.Length;
        }
        filter.End(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
