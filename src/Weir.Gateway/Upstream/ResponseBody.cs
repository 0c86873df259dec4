using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

/// <summary>Streams the upstream's body into the client's connection, one receive buffer at a time.</summary>
static class ResponseBody
{
    const int PieceBytesMax = 16 * 1024;
    const int SmallPieceBytes = 4 * 1024;

    public static async ValueTask<Fault> CopyAsync(Passage passage, Http1Connection connection)
    {
        var response = passage.Http.Response;
        if (connection.Response.Framing == BodyFraming.None) return Fault.None;
        var writer = response.BodyWriter;
        var filtered = passage.BodyFilters.Count > 0;
        // Small answers leave with their head in one write, at the end of the request.
        var size = connection.Response.ContentLength is >= 0 and <= SmallPieceBytes ? SmallPieceBytes : PieceBytesMax;
        while (true)
        {
            var read = filtered ? await ReadFilteredAsync(passage, connection, writer) : await ReadAsync(connection, writer, size);
            passage.Exchange.ResponseBytes += read.Count;
            if (read.Fault != Fault.None) return read.Fault;
            // What was written before the first flush leaves at the end of the request; later pieces must be flushed, the last one too.
            if (read.IsComplete && !response.HasStarted) break;
            var flush = await writer.FlushAsync();
            if (read.IsComplete) break;
            if (flush.IsCompleted || flush.IsCanceled) return Fault.Aborted;
        }
        CopyTrailers(connection, response);
        return Fault.None;
    }

    static async ValueTask<BodyRead> ReadAsync(Http1Connection connection, PipeWriter writer, int size)
    {
        var read = await connection.ReadBodyAsync(writer.GetMemory(size));
        writer.Advance(read.Count);
        return read;
    }

    static async ValueTask<BodyRead> ReadFilteredAsync(Passage passage, Http1Connection connection, PipeWriter writer)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytesMax);
        try
        {
            var read = await connection.ReadBodyAsync(buffer);
            if (passage.HasBlockingFilter) await ThreadSwitch.ToPool;
            if (read.Fault == Fault.None) BodyFilterChain.Write(passage, buffer.AsSpan(0, read.Count), read.IsComplete, writer);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static void CopyTrailers(Http1Connection connection, HttpResponse response)
    {
        if (connection.TrailerCount == 0 || !response.SupportsTrailers()) return;
        for (var i = 0; i < connection.TrailerCount; i++)
        {
            var trailer = connection.Trailer(i);
            response.AppendTrailer(Encoding.Latin1.GetString(trailer.Name), Encoding.Latin1.GetString(trailer.Value));
        }
    }
}
