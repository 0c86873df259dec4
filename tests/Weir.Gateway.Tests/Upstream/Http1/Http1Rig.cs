using System.Text;

namespace Weir.Gateway.Tests;

/// <summary>A pool in front of a scripted upstream, on manual time, with shortcuts for whole exchanges.</summary>
sealed class Http1Rig : IAsyncDisposable
{
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public Http1Rig(params Func<UpstreamPeer, Task>[] scripts)
        : this(PoolLimits.Default, Http1Limits.Default, scripts)
    {
    }

    public Http1Rig(PoolLimits pool, Http1Limits http, params Func<UpstreamPeer, Task>[] scripts)
    {
        Upstream = new(scripts);
        Clock = new(Time);
        Pool = new(new(Upstream.Address), new SocketConnector(), pool, http, Clock);
    }

    public ManualTime Time { get; } = new();

    public UpstreamClock Clock { get; }

    public ScriptedUpstream Upstream { get; }

    public Http1Pool Pool { get; }

    public UpstreamTimeouts Timeouts { get; set; } = UpstreamTimeouts.Default;

    /// <summary>A script that answers every request with these bytes.</summary>
    public static Func<UpstreamPeer, Task> Answer(string response) => async peer =>
    {
        while (true)
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(response);
        }
    };

    /// <summary>A script that answers one request and ends the connection.</summary>
    public static Func<UpstreamPeer, Task> AnswerOnce(string response) => async peer =>
    {
        await peer.ExpectHeadAsync();
        await peer.SendAsync(response);
    };

    public async Task<Http1Connection> RentAsync()
    {
        var rental = await Pool.RentAsync(ConnectTimeout, CancellationToken.None);
        Assert.Equal(Fault.None, rental.Fault);
        return rental.Connection!;
    }

    public RequestWriter Begin(Http1Connection connection, string method = "GET")
    {
        var writer = connection.BeginRequest(method, "/", "", Timeouts);
        writer.Header("Host", "upstream.test");
        return writer;
    }

    /// <summary>Sends a request without a body.</summary>
    public async Task<Http1Connection> SendAsync(string method = "GET")
    {
        var connection = await RentAsync();
        Begin(connection, method).End();
        Assert.Equal(Fault.None, await connection.SendAsync(default, last: true));
        return connection;
    }

    /// <summary>Sends a request without a body, reads the head, and gives the connection back when there is a fault.</summary>
    public async Task<(Fault Fault, string? Reason)> FaultOfHeadAsync(string method = "GET")
    {
        var connection = await SendAsync(method);
        var fault = await connection.ReadHeadAsync();
        Pool.Return(connection);
        return (fault, connection.Reason);
    }

    /// <summary>A whole exchange without a request body.</summary>
    public async Task<Exchanged> ExchangeAsync(string method = "GET")
    {
        var connection = await SendAsync(method);
        var fault = await connection.ReadHeadAsync();
        var result = fault == Fault.None ? await ReadAsync(connection) : new(0, [], "", [], fault, connection.Reason);
        Pool.Return(connection);
        return result;
    }

    public static async Task<Exchanged> ReadAsync(Http1Connection connection, int bufferBytes = 4096)
    {
        var headers = new List<(string, string)>();
        foreach (var header in connection.Response) headers.Add((Encoding.Latin1.GetString(header.Name), Encoding.Latin1.GetString(header.Value)));
        var body = new StringBuilder();
        var buffer = new byte[bufferBytes];
        BodyRead read;
        do
        {
            read = await connection.ReadBodyAsync(buffer);
            body.Append(Encoding.Latin1.GetString(buffer, 0, read.Count));
        }
        while (!read.IsComplete && read.Fault == Fault.None);
        var trailers = new List<(string, string)>();
        for (var i = 0; i < connection.TrailerCount; i++)
        {
            trailers.Add((Encoding.Latin1.GetString(connection.Trailer(i).Name), Encoding.Latin1.GetString(connection.Trailer(i).Value)));
        }
        return new(connection.Response.Status, [.. headers], body.ToString(), [.. trailers], read.Fault, connection.Reason);
    }

    /// <summary>Waits until the idle connection that would be taken next has seen what the upstream did to it.</summary>
    public async Task UpstreamEndsIdleAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (Pool.NextIsQuiet && !patience.IsCancellationRequested) await Task.Yield();
    }

    public async ValueTask DisposeAsync()
    {
        Pool.Dispose();
        Clock.Dispose();
        await Upstream.DisposeAsync();
    }
}

/// <summary>A response as a test sees it.</summary>
sealed record Exchanged(int Status, (string Name, string Value)[] Headers, string Body, (string Name, string Value)[] Trailers, Fault Fault, string? Reason)
{
    /// <summary>The connection could have served another request.</summary>
    public bool IsReusable { get; init; }
}
