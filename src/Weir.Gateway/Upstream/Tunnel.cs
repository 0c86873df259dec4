using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>After a 101: bytes of the other protocol (WebSocket, as a rule) both ways until both sides have ended.</summary>
static class Tunnel
{
    const int PieceBytesMax = 16 * 1024;

    public static async ValueTask RunAsync(Passage passage, Http1Connection connection)
    {
        var client = await passage.Http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using var upstreamEnded = new CancellationTokenSource();
        await using (client)
        {
            var up = UpAsync(passage, client, connection, upstreamEnded.Token);
            // The upstream's end is the end: what it sent last is on its way to the client, and nobody is left to take what the client sends.
            if (!await DownAsync(passage, client, connection)) passage.Http.Abort();
            await upstreamEnded.CancelAsync();
            await up;
        }
    }

    static async Task UpAsync(Passage passage, Stream client, Http1Connection connection, CancellationToken upstreamEnded)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytesMax);
        try
        {
            while (true)
            {
                var count = await client.ReadAsync(buffer, upstreamEnded);
                if (count == 0) break;
                passage.Exchange.RequestBytes += count;
                if (await connection.SendRawAsync(buffer.AsMemory(0, count)) != Fault.None) return;
            }
            await connection.EndRawAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            connection.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>False when the stream broke rather than ended.</summary>
    static async Task<bool> DownAsync(Passage passage, Stream client, Http1Connection connection)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytesMax);
        try
        {
            while (true)
            {
                var read = await connection.ReadRawAsync(buffer);
                if (read.Count > 0)
                {
                    passage.Exchange.ResponseBytes += read.Count;
                    await client.WriteAsync(buffer.AsMemory(0, read.Count));
                    await client.FlushAsync();
                }
                if (read.IsComplete) return true;
                if (read.Fault != Fault.None) return false;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            connection.Abort();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
