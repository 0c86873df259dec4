using System.Buffers;
using System.Net.Sockets;

namespace Weir.Gateway.Tests;

public sealed class TlsPairTests
{
    /// <summary>More than the kernel holds for a connection.</summary>
    const int TooMuch = 24 * 1024 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_a_record_that_comes_byte_by_byte(bool onLoop)
    {
        await using var rig = await LoopRig.StartAsync();
        await using var tls = await TlsPair.ConnectAsync(rig);
        tls.Wire.Keeps = true;
        await tls.Client.WriteAsync("GET / HTTP/1.1"u8.ToArray());
        if (onLoop) await tls.Connection.Loop.Enter();
        else await Task.Yield();
        var read = tls.Server.Input.ReadAsync().AsTask();
        foreach (var one in tls.Wire.Take())
        {
            Assert.False(read.IsCompleted);
            await tls.Socket.SendAsync(new[] { one });
        }
        Assert.Equal("GET / HTTP/1.1"u8.ToArray(), (await read.WaitAsync(LoopRig.Patience)).Buffer.ToArray());
    }

    [Fact]
    public async Task Keeps_what_was_read_apart_from_a_record_that_is_under_way()
    {
        await using var rig = await LoopRig.StartAsync();
        await using var tls = await TlsPair.ConnectAsync(rig);
        var input = tls.Server.Input;
        await tls.Connection.Loop.Enter();
        await tls.Client.WriteAsync("first"u8.ToArray());
        var read = await input.ReadAsync();
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var second = await HalfAsync(tls, "second"u8.ToArray());

        // The block that the second record goes to is the one that the first is taken from.
        input.CancelPendingRead();
        read = await input.ReadAsync();
        Assert.Equal((true, "first"u8.ToArray()), (read.IsCanceled, read.Buffer.ToArray()), Same);
        input.AdvanceTo(read.Buffer.End);
        var others = new byte[64][];
        for (var i = 0; i < others.Length; i++) others[i] = tls.Connection.Loop.Blocks.Rent(0, onLoop: true).FreeSpan[..5].ToArray();

        await tls.Socket.SendAsync(second);
        read = await input.ReadAsync();
        Assert.Equal("second"u8.ToArray(), read.Buffer.ToArray());
        input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task Takes_no_harm_from_a_record_that_ends_when_nobody_reads_any_more()
    {
        await using var rig = await LoopRig.StartAsync();
        await using var tls = await TlsPair.ConnectAsync(rig);
        await tls.Connection.Loop.Enter();
        var rest = await HalfAsync(tls, "late"u8.ToArray());
        tls.Server.Input.CancelPendingRead();
        Assert.True((await tls.Server.Input.ReadAsync()).IsCanceled);
        await tls.Server.Input.CompleteAsync();
        await tls.Socket.SendAsync(rest);
        await tls.Server.Output.WriteAsync("bye"u8.ToArray());
        var answer = new byte[3];
        await tls.Client.ReadExactlyAsync(answer).AsTask().WaitAsync(LoopRig.Patience);
        Assert.Equal("bye"u8.ToArray(), answer);
    }

    [Fact]
    public async Task Ends_when_the_client_has_ended()
    {
        await using var rig = await LoopRig.StartAsync();
        await using var tls = await TlsPair.ConnectAsync(rig);
        var read = tls.Server.Input.ReadAsync().AsTask();
        tls.Socket.Shutdown(SocketShutdown.Send);
        Assert.True((await read.WaitAsync(LoopRig.Patience)).IsCompleted);
        await WaitForCloseAsync(tls.Connection);
    }

    [Fact]
    public async Task A_reset_fails_the_read_and_ends_the_flush()
    {
        await using var rig = await LoopRig.StartAsync();
        await using var tls = await TlsPair.ConnectAsync(rig);
        var read = tls.Server.Input.ReadAsync().AsTask();
        var flush = Task.Run(async () => await tls.Server.Output.WriteAsync(new byte[TooMuch]));
        tls.Socket.LingerState = new LingerOption(true, 0);
        tls.Socket.Dispose();
        await Assert.ThrowsAnyAsync<IOException>(() => read.WaitAsync(LoopRig.Patience));
        Assert.True((await flush.WaitAsync(LoopRig.Patience)).IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waits_for_a_slow_reader_and_loses_nothing(bool cancels)
    {
        await using var rig = await LoopRig.StartAsync();
        await using var tls = await TlsPair.ConnectAsync(rig);
        var sent = LoopConnectionTests.Bytes(TooMuch);
        var flush = Task.Run(async () => await tls.Server.Output.WriteAsync(sent));
        var more = "and more"u8.ToArray();
        if (cancels)
        {
            tls.Server.Output.CancelPendingFlush();
            Assert.True((await flush.WaitAsync(LoopRig.Patience)).IsCanceled);
        }
        var second = Task.Run(async () => await (cancels ? tls.Server.Output.WriteAsync(more).AsTask() : flush));
        var got = new byte[cancels ? TooMuch + more.Length : TooMuch];
        await tls.Client.ReadExactlyAsync(got).AsTask().WaitAsync(LoopRig.Patience);
        Assert.Equal(cancels ? [.. sent, .. more] : sent, got);
        var said = await second.WaitAsync(LoopRig.Patience);
        Assert.Equal((false, false), (said.IsCanceled, said.IsCompleted));
    }

    [Fact]
    public async Task Sends_what_was_not_flushed_when_it_is_completed()
    {
        await using var rig = await LoopRig.StartAsync();
        await using var tls = await TlsPair.ConnectAsync(rig);
        await tls.Connection.Loop.Enter();
        "last words"u8.CopyTo(tls.Server.Output.GetSpan());
        tls.Server.Output.Advance(10);
        Assert.Equal(10, tls.Server.Output.UnflushedBytes);
        await tls.Server.Output.CompleteAsync();
        var got = new byte[10];
        await tls.Client.ReadExactlyAsync(got).AsTask().WaitAsync(LoopRig.Patience);
        Assert.Equal("last words"u8.ToArray(), got);
    }

    /// <summary>Sends half of a record, lets the reader wait for the other, and gives that.</summary>
    static async Task<byte[]> HalfAsync(TlsPair tls, byte[] content)
    {
        tls.Wire.Keeps = true;
        await tls.Client.WriteAsync(content);
        var record = tls.Wire.Take();
        await tls.Socket.SendAsync(record.AsMemory(0, record.Length / 2));
        await tls.Connection.Loop.Enter();
        var waiting = tls.Server.Input.ReadAsync();
        while (!tls.Reader.IsBusy)
        {
            await Task.Yield();
            await tls.Connection.Loop.Enter();
        }
        tls.Server.Input.CancelPendingRead();
        var read = await waiting;
        Assert.True(read.IsCanceled);
        tls.Server.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return record[(record.Length / 2)..];
    }

    static bool Same((bool, byte[]) one, (bool, byte[]) other) => one.Item1 == other.Item1 && one.Item2.AsSpan().SequenceEqual(other.Item2);

    static async Task WaitForCloseAsync(LoopConnection connection)
    {
        var closed = new TaskCompletionSource();
        await using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task.WaitAsync(LoopRig.Patience);
    }
}
