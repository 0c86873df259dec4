using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Control.Tests;

/// <summary>Frames: whatever is not exactly what was sent is refused, and nobody's memory is taken by what is only announced.</summary>
public sealed class FrameTests
{
    static readonly FollowLimits Small = new() { FrameBytesMax = 4096, ContentBytesMax = 8192 };

    [Fact]
    public void A_frame_comes_back_as_it_was() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte>(), static (content, kind) =>
        {
            content = [.. Enumerable.Repeat(content, 40).SelectMany(static each => each)];
            var frame = FrameCodec.Decode(FrameCodec.Encode((FrameKind)kind, content), FollowLimits.Default);
            return frame.Kind == (FrameKind)kind && frame.Content.Span.SequenceEqual(content);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Content_that_repeats_itself_is_sent_smaller() =>
        Assert.True(FrameCodec.Encode(FrameKind.Part, new byte[100_000]).Length < 1000);

    [Fact]
    public void Any_byte_changed_is_noticed()
    {
        var frame = FrameCodec.Encode(FrameKind.Part, Encoding.ASCII.GetBytes(string.Join(',', Enumerable.Range(0, 300))));
        for (var at = 0; at < frame.Length; at++)
        {
            var damaged = (byte[])frame.Clone();
            damaged[at] ^= 0x40;
            Assert.Throws<StreamBrokenException>(() => FrameCodec.Decode(damaged, FollowLimits.Default));
        }
    }

    [Fact]
    public async Task Reads_frames_that_come_byte_by_byte()
    {
        byte[] bytes = [.. FrameCodec.Encode(FrameKind.Heartbeat, "{}"u8), .. FrameCodec.Encode(FrameKind.Part, new byte[5000])];
        var reader = new FrameReader(new Dripping(bytes), FollowLimits.Default);
        Assert.Equal(FrameKind.Heartbeat, (await reader.ReadAsync(TestContext.Current.CancellationToken))!.Value.Kind);
        Assert.Equal(5000, (await reader.ReadAsync(TestContext.Current.CancellationToken))!.Value.Content.Length);
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(FrameCodec.HeaderBytes)]
    [InlineData(FrameCodec.HeaderBytes + 10)]
    public async Task Says_that_a_stream_ends_inside_a_frame(int bytes)
    {
        var frame = FrameCodec.Encode(FrameKind.Part, new byte[50]);
        var reader = new FrameReader(new MemoryStream(frame[..bytes]), FollowLimits.Default);
        await Assert.ThrowsAsync<StreamBrokenException>(async () => await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(4097)]
    [InlineData(-1)]
    public async Task Refuses_a_frame_that_says_it_is_too_long(int length)
    {
        var header = new byte[FrameCodec.HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        var reader = new FrameReader(new MemoryStream(header), Small);
        await Assert.ThrowsAsync<StreamBrokenException>(async () => await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Refuses_content_that_inflates_beyond_the_limit()
    {
        var bomb = FrameCodec.Encode(FrameKind.Part, new byte[1 << 20]);
        Assert.Throws<StreamBrokenException>(() => FrameCodec.Decode(bomb, Small));
    }

    /// <summary>A stream that gives a byte at a time.</summary>
    sealed class Dripping(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer.Length > 1 ? buffer[..1] : buffer, cancellationToken);
    }
}
