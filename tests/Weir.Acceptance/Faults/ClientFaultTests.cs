using System.Net.Sockets;
using Weir.Gateway.Tests;

namespace Weir.Acceptance;

/// <summary>Clients that leave at any point: the upstream's side ends with them, and nothing is left behind.</summary>
public sealed class ClientFaultTests
{
    const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    public enum Leaving
    {
        Reset,
        Close,
        HalfClose,
    }

    [Theory]
    [InlineData(Leaving.Reset)]
    [InlineData(Leaving.Close)]
    [InlineData(Leaving.HalfClose)]
    public async Task Ends_the_upstream_connection_when_the_client_leaves_while_waiting(Leaving how)
    {
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var rig = await FaultRig.StartAsync(Waiting(asked, ended), FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync(Get);
        await asked.Task.WaitAsync(FaultRig.Patience);
        Leave(client, how);
        await ended.Task.WaitAsync(FaultRig.Patience);
        await rig.IsSoundAsync();
        Assert.Equal(1, rig.Open);
    }

    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\nbegun", Leaving.Reset)]
    [InlineData("Content-Length: 1000\r\n\r\nbegun", Leaving.Close)]
    [InlineData("Content-Length: 1000\r\n\r\nbegun", Leaving.HalfClose)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n", Leaving.Reset)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n", Leaving.HalfClose)]
    public async Task Never_completes_a_body_that_the_client_did_not(string rest, Leaving how)
    {
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.ExpectAsync("begun");
            asked.SetResult();
            try
            {
                ended.TrySetResult(await peer.ExpectEndAsync());
            }
            finally
            {
                ended.TrySetResult("");
            }
        }, FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n" + rest);
        await asked.Task.WaitAsync(FaultRig.Patience);
        Leave(client, how);
        Assert.DoesNotContain("0\r\n\r\n", await ended.Task.WaitAsync(FaultRig.Patience), StringComparison.Ordinal);
        await rig.IsSoundAsync();
    }

    [Theory]
    [InlineData(Leaving.Reset)]
    [InlineData(Leaving.Close)]
    public async Task Ends_the_upstream_connection_when_a_slow_reader_leaves_inside_the_answer(Leaving how)
    {
        var ended = new TaskCompletionSource();
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            try
            {
                await peer.ExpectHeadAsync();
                await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                var chunk = "10000\r\n" + new string('x', 65_536) + "\r\n";
                while (true) await peer.SendAsync(chunk);
            }
            finally
            {
                ended.TrySetResult();
            }
        }, FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadBytesAsync(1000);
        Leave(client, how);
        await ended.Task.WaitAsync(FaultRig.Patience);
        await rig.IsSoundAsync();
        Assert.Equal(1, rig.Open);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\nxyz\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\nfffffffff\r\n", 400)]
    [InlineData("Content-Length: 1000\r\n\r\nbegun", 408)]
    public async Task Answers_for_a_broken_body_that_a_plugin_reads(string rest, int status)
    {
        await using var rig = await FaultRig.StartAsync(FaultRig.Sound);
        await using var gateway = await BufferingAsync(rig);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + rest);
        Assert.Equal(status, (await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Status);
        Assert.True(await client.EndsAsync().WaitAsync(FaultRig.Patience));
        Assert.Equal(0, rig.Upstream.Accepted);
        Assert.True(!gateway.Log.Errors.Any(), string.Join('\n', gateway.Log.Errors));
    }

    [Theory]
    [InlineData(Leaving.Reset)]
    [InlineData(Leaving.Close)]
    [InlineData(Leaving.HalfClose)]
    public async Task Forgets_a_client_that_leaves_while_a_plugin_reads_its_body(Leaving how)
    {
        await using var rig = await FaultRig.StartAsync(FaultRig.Sound);
        await using var gateway = await BufferingAsync(rig);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\nbegun");
        await Poll.UntilAsync(() => gateway.Node.Snapshots.Current.InFlight.Count == 1, "the request has come");
        Leave(client, how);
        await Poll.UntilAsync(() => gateway.Node.Snapshots.Current.InFlight.Count == 0, "the request is forgotten");
        Assert.Equal(0, rig.Upstream.Accepted);
        Assert.True(!gateway.Log.Errors.Any(), string.Join('\n', gateway.Log.Errors));
    }

    [Fact]
    public async Task Holds_a_fast_upstream_back_for_a_slow_reader()
    {
        var sent = 0L;
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n");
            var piece = new byte[65_536];
            while (true)
            {
                await peer.SendAsync(piece);
                Interlocked.Add(ref sent, piece.Length);
            }
        });
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadBytesAsync(1000);
        // It has come to rest when a whole look at it shows no progress.
        var before = -1L;
        await Poll.UntilAsync(async () =>
        {
            await Task.Delay(200);
            var now = Interlocked.Read(ref sent);
            return now == Interlocked.Exchange(ref before, now);
        }, "the upstream is held back");
        Assert.InRange(Interlocked.Read(ref sent), 0, 30_000_000);
        client.Reset();
        await rig.IsIdleAsync();
    }

    [Fact]
    public async Task Answers_pipelined_requests_in_their_order()
    {
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            while (true)
            {
                var target = (await peer.ExpectHeadAsync()).Split(' ')[1];
                await peer.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {target.Length}\r\n\r\n{target}");
            }
        });
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Range(0, 200).Select(static i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
        for (var i = 0; i < 200; i++) Assert.Equal($"/{i}", (await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Body);
        await rig.IsIdleAsync();
    }

    [Fact]
    public async Task Leaves_nothing_behind_when_many_clients_leave_at_once()
    {
        const int Clients = 100;
        using var asked = new SemaphoreSlim(0);
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            var head = await peer.ExpectHeadAsync();
            if (head.StartsWith("GET /sound", StringComparison.Ordinal)) await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsound");
            asked.Release();
            await FaultRig.StayAsync(peer);
        });
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var client = await rig.Gateway.ConnectAsync();
            await client.SendAsync(Get);
            return client;
        }));
        for (var i = 0; i < Clients; i++) Assert.True(await asked.WaitAsync(FaultRig.Patience));
        Assert.Equal(Clients, rig.Peer.InFlight);
        Parallel.For(0, Clients, i => Leave(clients[i], (Leaving)(i % 3)));
        await rig.IsIdleAsync();
        await Poll.UntilAsync(() => rig.Open == 0, "no connection is left");
        Assert.Equal("sound", (await rig.AskAsync("GET /sound HTTP/1.1\r\nHost: a\r\n\r\n"))?.Body);
        foreach (var client in clients) await client.DisposeAsync();
    }

    static Func<UpstreamPeer, Task> Waiting(TaskCompletionSource asked, TaskCompletionSource ended) => async peer =>
    {
        try
        {
            await peer.ExpectHeadAsync();
            asked.SetResult();
            await peer.ExpectEndAsync();
        }
        finally
        {
            ended.TrySetResult();
        }
    };

    /// <summary>A gateway before the same upstream with a plugin that wants the whole body.</summary>
    static Task<TestGateway> BufferingAsync(FaultRig rig) => TestGateway.StartAsync($$"""
        _format_version: "3.0"
        services:
        - name: scripted
          url: http://{{rig.Upstream.Address}}
          routes:
          - { name: all, paths: [/] }
          plugins:
          - name: request-transformer
            config: { add: { body: ["a:b"] } }
        """, static settings => settings with { ClientBytesPerSecondMin = 100_000, ClientRateGraceSeconds = 2 });

    static void Leave(RawClient client, Leaving how)
    {
        if (how == Leaving.Reset) client.Reset();
        else if (how == Leaving.Close) client.Socket.Dispose();
        else client.Socket.Shutdown(SocketShutdown.Send);
    }
}
