using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Gateway.Tests;

public sealed class EventLoopTests
{
    [Fact]
    public async Task Runs_what_every_thread_posts_once_and_in_each_threads_order()
    {
        await using var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
        var loop = loops.All[0];
        var seen = new List<(int Thread, int Number)>();
        const int Threads = 4, Each = 20_000;
        var posting = Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) loop.Post(boxed => seen.Add(((int, int))boxed!), (thread, i));
        }));
        await Task.WhenAll(posting);
        await loop.Enter();
        Assert.Equal(Threads * Each, seen.Count);
        foreach (var thread in seen.GroupBy(static entry => entry.Thread))
            Assert.Equal(Enumerable.Range(0, Each), thread.Select(static entry => entry.Number));
    }

    [Fact]
    public async Task Brings_code_that_awaited_something_else_back()
    {
        await using var loops = new EventLoops(2, TimeProvider.System, NullLogger.Instance);
        foreach (var loop in loops.All)
        {
            await loop.Enter();
            Assert.Same(loop, EventLoop.Current);
            await Task.Delay(1);
            await loop.Enter();
            Assert.Same(loop, EventLoop.Current);
        }
        await Task.Yield();
    }

    [Fact]
    public async Task Outlives_a_fault_in_posted_work()
    {
        await using var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
        loops.All[0].Post(static _ => throw new InvalidOperationException("a bug"), null);
        await Alive(loops.All[0]);
    }

    [Fact]
    public async Task Outlives_a_fault_in_what_waits_for_a_socket()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1);
        var (client, connection) = await rig.ConnectAsync();
        var awaiter = connection.Input.ReadAsync().GetAwaiter();
        awaiter.UnsafeOnCompleted(static () => throw new InvalidOperationException("a bug"));
        await client.SendAsync("x"u8.ToArray());
        var (other, second) = await rig.ConnectAsync();
        await other.SendAsync("y"u8.ToArray());
        Assert.Equal(1, (await second.Input.ReadAsync().AsTask().WaitAsync(LoopRig.Patience)).Buffer.Length);
        client.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task Work_that_posts_itself_for_ever_does_not_keep_sockets_waiting()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1);
        var stop = false;
        var loop = rig.Loops.All[0];
        loop.Post(Again, null);
        var (client, connection) = await rig.ConnectAsync();
        var serving = LoopConnectionTests.EchoAsync(connection);
        await client.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await client.ReadExactlyAsync(5));
        Volatile.Write(ref stop, true);
        client.Dispose();
        await serving.WaitAsync(LoopRig.Patience);

        void Again(object? state)
        {
            if (!Volatile.Read(ref stop)) loop.Post(Again, state);
        }
    }

    [Fact]
    public async Task A_connection_that_floods_does_not_starve_another()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1);
        var (flooding, flooded) = await rig.ConnectAsync();
        var draining = DrainAsync(flooded);
        var flood = Task.Run(async () =>
        {
            var bytes = new byte[1024 * 1024];
            try
            {
                while (true) await flooding.SendAsync(bytes);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        });
        var (client, connection) = await rig.ConnectAsync();
        var serving = LoopConnectionTests.EchoAsync(connection);
        for (var i = 0; i < 200; i++)
        {
            await client.SendAsync("ping"u8.ToArray());
            Assert.Equal("ping"u8.ToArray(), await client.ReadExactlyAsync(4));
        }
        Assert.True(rig.Loops.All[0].Counters.BudgetsExhausted > 0);
        client.Dispose();
        flooding.Dispose();
        await Task.WhenAll(flood, draining, serving).WaitAsync(LoopRig.Patience);
    }

    [Fact]
    public void Finds_no_handler_for_the_token_of_one_that_is_gone()
    {
        var slots = new LoopSlots();
        var (first, second) = (new Silent(), new Silent());
        var token = slots.Add(first);
        slots.Remove(token);
        var next = slots.Add(second);
        Assert.Equal((uint)token, (uint)next);
        Assert.Null(slots.Find(token));
        Assert.Same(second, slots.Find(next));
        slots.Remove(token);
        Assert.Same(second, slots.Find(next));
        Assert.Null(slots.Find(ulong.MaxValue));
    }

    [Fact]
    public void Finds_each_of_many_handlers()
    {
        var slots = new LoopSlots();
        var handlers = Enumerable.Range(0, 1000).Select(static _ => new Silent()).ToList();
        foreach (var handler in handlers) handler.Token = slots.Add(handler);
        foreach (var handler in handlers) Assert.Same(handler, slots.Find(handler.Token));
    }

    [Fact]
    public async Task Names_who_held_it_for_too_long()
    {
        var log = new Lines();
        await using var loops = new EventLoops(1, TimeProvider.System, log);
        var loop = loops.All[0];
        loop.Post(_ =>
        {
            loop.Doing = "slow-plugin";
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(12);) { }
        }, null);
        await Alive(loop);
        await Alive(loop);
        Assert.Equal(1, loop.Counters.Held);
        Assert.Contains("slow-plugin", Assert.Single(log.Texts), StringComparison.Ordinal);
        Assert.Null(loop.Doing);
        Assert.True(loop.Counters.TakeLongestTurn() >= TimeSpan.FromMilliseconds(12));
    }

    [Fact]
    public async Task Ends_what_is_open_when_it_is_stopped()
    {
        Task read;
        Socket client;
        await using (var rig = await LoopRig.StartAsync())
        {
            (client, var connection) = await rig.ConnectAsync();
            read = connection.Input.ReadAsync().AsTask();
        }
        await Assert.ThrowsAsync<ConnectionResetException>(() => read.WaitAsync(LoopRig.Patience));
        Assert.Empty(await client.ReadToEndAsync());
        client.Dispose();
    }

    [Fact]
    public async Task Runs_what_is_posted_after_its_end_too_one_piece_at_a_time()
    {
        var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
        var loop = loops.All[0];
        await loops.DisposeAsync();
        var seen = new List<(int Thread, int Number)>();
        const int Threads = 4, Each = 2000;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                loop.Post(boxed =>
                {
                    if (loop.IsCurrent) seen.Add(((int, int))boxed!);
                }, (thread, i));
            }
        })));
        await Alive(loop);
        await loop.Enter();
        Assert.Equal(Threads * Each, seen.Count);
        foreach (var thread in seen.GroupBy(static entry => entry.Thread))
            Assert.Equal(Enumerable.Range(0, Each), thread.Select(static entry => entry.Number));
    }

    [Fact]
    public async Task Loses_nothing_that_is_posted_while_it_ends()
    {
        for (var round = 0; round < 50; round++)
        {
            var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
            var loop = loops.All[0];
            const int Each = 200;
            var ran = 0;
            var posting = Task.Run(() =>
            {
                for (var i = 0; i < Each; i++) loop.Post(_ => ran++, null);
            });
            await loops.DisposeAsync();
            await posting;
            await Alive(loop);
            Assert.Equal(Each, ran);
        }
    }

    [Fact]
    public async Task Lets_a_connection_be_used_and_disposed_of_after_its_end()
    {
        var rig = await LoopRig.StartAsync();
        var (client, connection) = await rig.ConnectAsync();
        await rig.DisposeAsync();
        Assert.True((await connection.Output.WriteAsync("nobody"u8.ToArray()).AsTask().WaitAsync(LoopRig.Patience)).IsCompleted);
        await Assert.ThrowsAsync<ConnectionResetException>(() => connection.Input.ReadAsync().AsTask().WaitAsync(LoopRig.Patience));
        connection.Abort();
        await connection.DisposeAsync().AsTask().WaitAsync(LoopRig.Patience);
        client.Dispose();
    }

    static async Task DrainAsync(LoopConnection connection)
    {
        await connection.Loop.Enter();
        try
        {
            ReadResult read;
            do
            {
                read = await connection.Input.ReadAsync();
                connection.Input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (ConnectionResetException)
        {
            // It was cut off in the middle of a send.
        }
        await connection.DisposeAsync();
    }

    static Task Alive(EventLoop loop)
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(static state => ((TaskCompletionSource)state!).SetResult(), ran);
        return ran.Task.WaitAsync(LoopRig.Patience);
    }

    sealed class Silent() : LoopHandler(-1)
    {
        internal override void OnEvents(EpollFlags flags) { }

        internal override void Abandon() { }
    }

    sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Enqueue(formatter(state, exception));
    }
}
