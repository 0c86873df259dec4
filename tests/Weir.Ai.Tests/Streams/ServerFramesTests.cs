using System.Net.WebSockets;
using System.Text;

namespace Weir.Ai.Tests;

public sealed class ServerFramesTests
{
    [Fact]
    public void Refuses_a_text_that_needs_a_longer_length() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => ServerFrames.Text(new byte[ushort.MaxValue + 1]));

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(ushort.MaxValue)]
    public async Task A_client_reads_the_text(int length)
    {
        var text = new string('x', length);
        using var socket = Client(ServerFrames.Text(Encoding.UTF8.GetBytes(text)));
        var buffer = new byte[ushort.MaxValue];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        Assert.Equal((WebSocketMessageType.Text, length, true), (received.MessageType, received.Count, received.EndOfMessage));
    }

    [Theory]
    [InlineData("the budget is used up", "the budget is used up")]
    [InlineData("", "")]
    public async Task A_client_reads_why_it_was_closed(string reason, string read)
    {
        using var socket = Client(ServerFrames.Close(ServerFrames.PolicyViolation, reason));
        await socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, read), (socket.CloseStatus, socket.CloseStatusDescription ?? ""));
    }

    [Fact]
    public async Task A_reason_that_is_too_long_is_cut_between_characters()
    {
        using var socket = Client(ServerFrames.Close(ServerFrames.PolicyViolation, new string('\u20ac', 100)));
        await socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None);
        Assert.Equal(new string('\u20ac', 41), socket.CloseStatusDescription);
    }

    static WebSocket Client(byte[] bytes) =>
        WebSocket.CreateFromStream(new Wire(bytes), new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = Timeout.InfiniteTimeSpan });

    /// <summary>Gives these bytes and takes all.</summary>
    sealed class Wire(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
