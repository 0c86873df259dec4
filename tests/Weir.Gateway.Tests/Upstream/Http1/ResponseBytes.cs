using System.Net;
using System.Text;

namespace Weir.Gateway.Tests;

/// <summary>Reads a response out of bytes in memory, cut as a test likes.</summary>
static class ResponseBytes
{
    static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 1);

    public static Exchanged Read(string response, string method = "GET") => Read([Encoding.Latin1.GetBytes(response)], method);

    public static Exchanged Read(IEnumerable<byte[]> segments, string method = "GET", int bufferBytes = 4096, Http1Limits? limits = null)
    {
        using var clock = new UpstreamClock(new ManualTime());
        return Read(Open(segments, method, clock, limits), bufferBytes);
    }

    /// <summary>A connection on which a request has been sent.</summary>
    public static Http1Connection Open(IEnumerable<byte[]> segments, string method, UpstreamClock clock, Http1Limits? limits = null)
    {
        var connection = new Http1Connection(new MemoryTransport(segments), Nowhere, clock, limits ?? Http1Limits.Default, new());
        connection.BeginRequest(method, "/", "", UpstreamTimeouts.Default).End();
        Assert.Equal(Fault.None, Now(connection.SendAsync(default, last: true)));
        return connection;
    }

    /// <summary>The result of an operation that must not wait, since the memory transport never does.</summary>
    public static T Now<T>(ValueTask<T> operation)
    {
        Assert.True(operation.IsCompleted, "The operation waits although nothing is left to wait for.");
        return operation.GetAwaiter().GetResult();
    }

    static Exchanged Read(Http1Connection connection, int bufferBytes)
    {
        var fault = Now(connection.ReadHeadAsync());
        var result = fault == Fault.None
            ? Now(new ValueTask<Exchanged>(Http1Rig.ReadAsync(connection, bufferBytes)))
            : new(0, [], "", [], fault, connection.Reason);
        return result with { IsReusable = connection.IsReusable && connection.IsQuiet() };
    }
}
