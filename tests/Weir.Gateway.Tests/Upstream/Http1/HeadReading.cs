using System.Runtime.CompilerServices;

namespace Weir.Gateway.Tests;

static class HeadReading
{
    /// <summary>Reads the head of the response as the forwarder does.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<Fault> ReadHeadAsync(this Http1Connection connection)
    {
        connection.BeginHead();
        Fault fault;
        while (!connection.TryReadHead(out fault))
        {
            fault = await connection.ReceiveHeadAsync();
            if (fault != Fault.None) break;
        }
        return fault;
    }
}
