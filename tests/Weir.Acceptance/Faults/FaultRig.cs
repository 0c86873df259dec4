using Weir.Gateway.Tests;

namespace Weir.Acceptance;

/// <summary>A whole gateway in front of an upstream that follows a script, with timeouts short enough to wait for.</summary>
sealed class FaultRig : IAsyncDisposable
{
    /// <summary>Nothing here may take longer, whatever the upstream does.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    FaultRig(ScriptedUpstream upstream, TestGateway gateway) => (Upstream, Gateway) = (upstream, gateway);

    public ScriptedUpstream Upstream { get; }

    public TestGateway Gateway { get; }

    /// <summary>The peer that the gateway keeps for the upstream.</summary>
    public Gateway.Peer Peer => Gateway.Node.Snapshots.Current.Balancers[0].Present.Active[0];

    /// <summary>Connections to the upstream that are open, idle ones included.</summary>
    public int Open => ((Gateway.PeerConnections)Peer.Tag!).Pool(null).OpenCount;

    public static Task<FaultRig> StartAsync(params Func<UpstreamPeer, Task>[] scripts) => StartAsync(retries: 0, readTimeoutMs: 60_000, scripts);

    public static async Task<FaultRig> StartAsync(int retries, int readTimeoutMs, params Func<UpstreamPeer, Task>[] scripts)
    {
        var upstream = new ScriptedUpstream(scripts);
        // Connections to upstreams belong to loops: on a single one the next request certainly finds the last one's.
        var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - name: scripted
              url: http://{{upstream.Address}}
              retries: {{retries}}
              read_timeout: {{readTimeoutMs}}
              write_timeout: {{readTimeoutMs}}
              routes:
              - { name: all, paths: [/], strip_path: false }
            """, static settings => settings with { TransportLoops = 1 });
        return new FaultRig(upstream, gateway);
    }

    /// <summary>A script that answers each request with the same bytes.</summary>
    public static Func<UpstreamPeer, Task> Answering(string response) => async peer =>
    {
        while (true)
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(response);
        }
    };

    /// <summary>A script for a sound upstream.</summary>
    public static Func<UpstreamPeer, Task> Sound { get; } = Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsound");

    /// <summary>A script that sends its bytes after the head of the first request, then stays.</summary>
    public static Func<UpstreamPeer, Task> Sending(string response) => async peer =>
    {
        await peer.ExpectHeadAsync();
        await peer.SendAsync(response);
        await StayAsync(peer);
    };

    /// <summary>A script that sends its bytes after the head of the first request, then ends the connection.</summary>
    public static Func<UpstreamPeer, Task> Ending(string response) => async peer =>
    {
        await peer.ExpectHeadAsync();
        if (response.Length > 0) await peer.SendAsync(response);
    };

    /// <summary>A script that sends its bytes after the head of the first request, then resets the connection.</summary>
    public static Func<UpstreamPeer, Task> Resetting(string response) => async peer =>
    {
        await peer.ExpectHeadAsync();
        if (response.Length > 0) await peer.SendAsync(response);
        peer.Reset();
    };

    public static Task StayAsync(UpstreamPeer peer) => Task.Delay(Timeout.InfiniteTimeSpan, peer.Stop);

    /// <summary>One request on a connection of its own; null when the connection ended without an answer.</summary>
    public async Task<RawAnswer?> AskAsync(string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", bool isHead = false)
    {
        await using var client = await Gateway.ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadAnswerAsync(isHead).WaitAsync(Patience);
    }

    /// <summary>After a fault: the next request is served, nobody is counted any more, nothing was logged as an error.</summary>
    public async Task IsSoundAsync()
    {
        Assert.Equal("sound", (await AskAsync())?.Body);
        await IsIdleAsync();
    }

    public async Task IsIdleAsync()
    {
        await Poll.UntilAsync(() => Peer.InFlight == 0 && Gateway.Node.Snapshots.Current.InFlight.Count == 0, "no request is counted any more", seconds: 10);
        Assert.True(!Gateway.Log.Errors.Any(), string.Join('\n', Gateway.Log.Errors));
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
