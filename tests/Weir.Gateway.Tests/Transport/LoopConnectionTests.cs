using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Weir.Gateway.Tests;

public sealed class LoopConnectionTests
{
    [Fact]
    public async Task Echoes_what_a_client_sends()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        var serving = EchoAsync(connection);
        for (var size = 1; size <= 200_000; size = (size * 3) + 1)
        {
            var sent = Bytes(size);
            var sending = client.SendAsync(sent);
            Assert.Equal(sent, await client.ReadExactlyAsync(size));
            await sending;
        }
        client.Dispose();
        await serving.WaitAsync(LoopRig.Patience);
    }

    [Fact]
    public async Task Goes_on_on_its_loop_wherever_it_was_read_from()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        Assert.Null(EventLoop.Current);
        var resumed = new TaskCompletionSource<EventLoop?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Task.Run(() => connection.Input.ReadAsync().GetAwaiter().UnsafeOnCompleted(() => resumed.SetResult(EventLoop.Current)));
        await client.SendAsync("x"u8.ToArray());
        Assert.Same(connection.Loop, await resumed.Task.WaitAsync(LoopRig.Patience));
        client.Dispose();
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Waits_for_a_slow_reader_and_loses_nothing()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        var sent = Bytes(24 * 1024 * 1024);
        var writing = Task.Run(async () =>
        {
            await connection.Loop.Enter();
            for (var start = 0; start < sent.Length; start += 100_000)
                Assert.False((await connection.Output.WriteAsync(sent.AsMemory(start, Math.Min(100_000, sent.Length - start)))).IsCompleted);
            await connection.DisposeAsync();
        });
        Assert.Equal(sent, await client.ReadToEndAsync());
        client.Dispose();
        await writing.WaitAsync(LoopRig.Patience);
    }

    [Fact]
    public async Task Sends_from_other_threads_in_order()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        var sent = Bytes(24 * 1024 * 1024);
        var writing = Task.Run(async () =>
        {
            for (var start = 0; start < sent.Length; start += 33_333)
            {
                // Back to a thread of the pool each time.
                await Task.Yield();
                await connection.Output.WriteAsync(sent.AsMemory(start, Math.Min(33_333, sent.Length - start)));
            }
            await connection.DisposeAsync();
        });
        Assert.Equal(sent, await client.ReadToEndAsync());
        client.Dispose();
        await writing.WaitAsync(LoopRig.Patience);
    }

    [Fact]
    public async Task Writes_on_after_the_client_has_ended_its_side()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        await client.SendAsync("question"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        var read = await ReadToEndAsync(connection.Input);
        Assert.Equal("question"u8.ToArray(), read);
        await connection.ConnectionClosed.WaitAsync();
        await connection.Output.WriteAsync("answer"u8.ToArray());
        await connection.DisposeAsync();
        Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync());
        client.Dispose();
    }

    [Fact]
    public async Task Reads_on_after_it_has_ended_its_own_side()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        connection.Output.Write("greeting"u8);
        await connection.Output.CompleteAsync();
        Assert.Equal("greeting"u8.ToArray(), await client.ReadToEndAsync());
        await client.SendAsync("still here"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("still here"u8.ToArray(), await ReadToEndAsync(connection.Input));
        await connection.DisposeAsync();
        client.Dispose();
    }

    [Fact]
    public async Task Tells_of_the_end_only_after_the_bytes_before_it()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        var sent = Bytes(300_000);
        await client.SendAsync(sent);
        client.Shutdown(SocketShutdown.Send);
        Assert.False(connection.ConnectionClosed.IsCancellationRequested);
        Assert.Equal(sent, await ReadToEndAsync(connection.Input));
        await connection.ConnectionClosed.WaitAsync();
        await connection.DisposeAsync();
        client.Dispose();
    }

    [Fact]
    public async Task Tells_of_a_client_that_leaves_while_nobody_reads()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        client.Dispose();
        await connection.ConnectionClosed.WaitAsync();
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Fails_a_read_when_the_client_resets()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        var read = connection.Input.ReadAsync().AsTask();
        Reset(client);
        await Assert.ThrowsAsync<ConnectionResetException>(() => read.WaitAsync(LoopRig.Patience));
        await connection.ConnectionClosed.WaitAsync();
        Assert.True((await connection.Output.WriteAsync("nobody"u8.ToArray())).IsCompleted);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Stops_a_read_by_its_token_and_reads_on()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            using var stop = new CancellationTokenSource();
            var read = connection.Input.ReadAsync(stop.Token).AsTask();
            await stop.CancelAsync();
            var stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(LoopRig.Patience));
            Assert.Equal(stop.Token, stopped.CancellationToken);
            Assert.True(connection.Input.ReadAsync(stop.Token).IsCanceled);
        }
        await client.SendAsync("still here"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("still here"u8.ToArray(), await ReadToEndAsync(connection.Input));
        await connection.DisposeAsync();
        client.Dispose();
    }

    [Fact]
    public async Task Ends_a_flush_when_the_client_resets()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        var flush = connection.Output.WriteAsync(Bytes(32 * 1024 * 1024)).AsTask();
        Assert.False(flush.IsCompleted);
        Reset(client);
        Assert.True((await flush.WaitAsync(LoopRig.Patience)).IsCompleted);
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Resets_when_aborted_from_any_thread(bool onLoop)
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        var read = connection.Input.ReadAsync().AsTask();
        var flush = connection.Output.WriteAsync(Bytes(32 * 1024 * 1024)).AsTask();
        if (onLoop) connection.Loop.Post(static state => ((LoopConnection)state!).Abort(new ConnectionAbortedException("enough")), connection);
        else connection.Abort(new ConnectionAbortedException("enough"));
        Assert.Equal("enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.WaitAsync(LoopRig.Patience))).Message);
        Assert.True((await flush.WaitAsync(LoopRig.Patience)).IsCompleted);
        var broken = await Assert.ThrowsAsync<SocketException>(() => client.ReadToEndAsync());
        Assert.Equal(SocketError.ConnectionReset, broken.SocketErrorCode);
        await connection.DisposeAsync();
        client.Dispose();
    }

    [Fact]
    public async Task Aborts_before_anything_happened_and_after_everything_did()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        connection.Abort();
        connection.Abort();
        await connection.ConnectionClosed.WaitAsync();
        await connection.DisposeAsync();
        connection.Abort();
        await connection.DisposeAsync();
        client.Dispose();
    }

    [Fact]
    public async Task Lets_the_client_read_the_answer_to_what_it_is_still_sending()
    {
        await using var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        await client.SendAsync(Bytes(100_000));
        var read = await connection.Input.ReadAsync();
        connection.Input.AdvanceTo(read.Buffer.End);
        connection.Output.Write("too large"u8);
        var closing = connection.DisposeAsync();
        // With the connection closed for good, the kernel would answer this with a reset and drop what the client has not read.
        await client.SendAsync(Bytes(100_000));
        Assert.Equal("too large"u8.ToArray(), await client.ReadToEndAsync());
        await closing;
        client.Dispose();
    }

    [Fact]
    public async Task Accepts_nothing_once_it_was_told_to_stop()
    {
        await using var rig = await LoopRig.StartAsync();
        await rig.StopAcceptingAsync();
        Assert.Null(await rig.AcceptOrEndAsync().WaitAsync(LoopRig.Patience));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(rig.Address));
    }

    [Fact]
    public async Task Refuses_an_address_that_is_taken()
    {
        await using var rig = await LoopRig.StartAsync();
        Assert.Throws<AddressInUseException>(() => ListeningSocket.Open(rig.Address, 2, out _));
    }

    internal static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    internal static void Reset(Socket client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }

    internal static async Task<byte[]> ReadToEndAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync().AsTask().WaitAsync(LoopRig.Patience);
            if (read.IsCompleted) return read.Buffer.ToArray();
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    internal static async Task EchoAsync(LoopConnection connection)
    {
        await connection.Loop.Enter();
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            foreach (var piece in read.Buffer) connection.Output.Write(piece.Span);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || (await connection.Output.FlushAsync()).IsCompleted) break;
        }
        await connection.DisposeAsync();
    }
}

static class TokenWaiting
{
    /// <summary>Ends when the token fires.</summary>
    public static async Task WaitAsync(this CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(() => fired.TrySetResult());
        await fired.Task.WaitAsync(LoopRig.Patience, CancellationToken.None);
    }
}
