using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>Where the body of the upstream request comes from, and how it is framed.</summary>
enum BodySource
{
    /// <summary>No body.</summary>
    None,

    /// <summary>Bytes in memory: they can be sent again.</summary>
    Memory,

    /// <summary>The client's stream, of declared length.</summary>
    Stream,

    /// <summary>The client's stream, of unknown length.</summary>
    StreamChunked,
}

/// <summary>Frames and sends request bodies.</summary>
static class RequestBody
{
    public static BodySource Source(Passage passage)
    {
        var exchange = passage.Exchange;
        if (exchange.Upstream.Body is not null || exchange.BodyBuffering == BodyBuffering.Whole) return BodySource.Memory;
        var request = passage.Http.Request;
        if (request.ContentLength is { } length) return length == 0 ? BodySource.Memory : BodySource.Stream;
        return passage.Http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } ? BodySource.StreamChunked : BodySource.None;
    }

    /// <summary>The client announces more than the node takes: nobody needs to see any of it.</summary>
    public static bool IsTooLarge(Passage passage) =>
        passage.Http.Request.ContentLength is > 0 and var length
        && passage.Http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } most && length > most;

    /// <summary>Bytes of a body that is in memory.</summary>
    public static ReadOnlyMemory<byte> InMemory(Exchange exchange) => exchange.Upstream.Body ?? exchange.BufferedBody;

    public static void Frame(Passage passage, BodySource source, RequestWriter head)
    {
        if (source == BodySource.Memory) head.ContentLength(InMemory(passage.Exchange).Length);
        else if (source == BodySource.Stream) head.ContentLength(passage.Http.Request.ContentLength!.Value);
        else if (source == BodySource.StreamChunked) head.Chunked();
        head.End();
    }

    /// <summary>
    /// Sends the head and the body as it comes from the client, with back-pressure: nothing more is read from the client than the upstream has taken.
    /// </summary>
    public static async Task<Fault> PumpAsync(Passage passage, Http1Connection connection, BodySource source)
    {
        var exchange = passage.Exchange;
        var reader = passage.Http.Request.BodyReader;
        var prefix = exchange.BufferedBody;
        if (prefix.Length > 0)
        {
            exchange.RequestBytes += prefix.Length;
            if (await connection.SendAsync(prefix, last: false) is not Fault.None and var early) return early;
        }
        else if (await connection.SendAsync(default, last: false) is not Fault.None and var early)
        {
            return early;
        }
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync();
            }
            catch (Exception e) when (BodyFault.Of(e) is not Fault.None and var broken)
            {
                return broken;
            }
            catch (InvalidOperationException)
            {
                // A zero byte in a trailer. Kestrel would read on for the end of the body, and stumble over it again.
                passage.Http.Abort();
                return Fault.Aborted;
            }
            if (read.IsCanceled)
            {
                reader.AdvanceTo(read.Buffer.Start);
                return Fault.Aborted;
            }
            passage.Call.BodyConsumed = true;
            var fault = Fault.None;
            foreach (var segment in read.Buffer)
            {
                exchange.RequestBytes += segment.Length;
                fault = await connection.SendAsync(segment, last: false);
                if (fault != Fault.None) break;
            }
            // Whatever happened, the read must be over before Kestrel drains what the client still sends.
            reader.AdvanceTo(read.Buffer.End);
            if (fault != Fault.None) return fault;
            if (!read.IsCompleted) continue;
            return source == BodySource.StreamChunked && passage.Http.Request.CheckTrailersAvailable()
                ? await SendTrailersAsync(passage, connection)
                : await connection.SendAsync(default, last: true);
        }
    }

    static ValueTask<Fault> SendTrailersAsync(Passage passage, Http1Connection connection)
    {
        var trailers = passage.Http.Features.GetRequiredFeature<IHttpRequestTrailersFeature>().Trailers;
        if (trailers.Count == 0) return connection.SendAsync(default, last: true);
        return connection.SendTrailersAsync(trailers, static (head, lines) =>
        {
            foreach (var (name, values) in lines)
                if (!RequestHeadFilter.IsOwn(name))
                    foreach (var value in values) head.Header(name, value ?? "");
        });
    }
}
