using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway;

/// <summary>Sends a request over HTTP/2: gRPC services, whose streams and trailers HTTP/1.1 cannot carry.</summary>
sealed class Http2Forwarder
{
    const int PieceBytesMax = 16 * 1024;

    public async ValueTask<Attempt> TryAsync(Passage passage, Service service, Balancer balancer, Peer peer, PeerConnections connections)
    {
        var host = UpstreamHost.Of(passage, balancer, peer, service.Tls is null ? connections.HttpHost : connections.HttpsHost);
        var channel = connections.Http2(service.Tls is null ? null : UpstreamHost.WithServerName(service.Tls, host));
        using var request = Compose(passage, service, host);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(passage.Exchange.Aborted);
        late.CancelAfter(service.Config.ReadTimeout);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            var answer = await channel.Invoker.SendAsync(request, late.Token);
            passage.Call.Http2Answer = answer;
            CopyHead(answer, passage.Http.Response);
            return new Attempt(Fault.None, null, false, (int)answer.StatusCode, Stopwatch.GetElapsedTime(begun));
        }
        catch (OperationCanceledException) when (!passage.Exchange.Aborted.IsCancellationRequested)
        {
            return new Attempt(Fault.ReadTimeout, "no answer within read_timeout", MayTryAgain(passage, isSent: true));
        }
        catch (OperationCanceledException)
        {
            passage.Call.ClientGone = true;
            return new Attempt(Fault.Aborted, null, MayTryAgain: false);
        }
        catch (HttpRequestException failure)
        {
            var unreachable = failure.InnerException as UpstreamUnreachableException;
            return new Attempt(unreachable?.Fault ?? Fault.HeadInvalid, failure.Message, MayTryAgain(passage, isSent: unreachable is null));
        }
    }

    /// <summary>Streams the body and the trailers. A fault means that the client has seen a part only.</summary>
    public async ValueTask<Fault> CopyBodyAsync(Passage passage)
    {
        var answer = passage.Call.Http2Answer!;
        var response = passage.Http.Response;
        var writer = response.BodyWriter;
        // gRPC clients wait for the head before they send more.
        await writer.FlushAsync();
        await using var body = await answer.Content.ReadAsStreamAsync(passage.Exchange.Aborted);
        while (true)
        {
            int count;
            try
            {
                count = await body.ReadAsync(writer.GetMemory(PieceBytesMax), passage.Exchange.Aborted);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                passage.Exchange.Aborted.ThrowIfCancellationRequested();
                return Fault.BodyTruncated;
            }
            if (count == 0) break;
            writer.Advance(count);
            passage.Exchange.ResponseBytes += count;
            await writer.FlushAsync();
        }
        if (!response.SupportsTrailers()) return Fault.None;
        foreach (var (name, values) in answer.TrailingHeaders) response.AppendTrailer(name, new StringValues([.. values]));
        return Fault.None;
    }

    static bool MayTryAgain(Passage passage, bool isSent) =>
        !passage.Call.BodyConsumed && (!isSent || Forwarder.IsIdempotent(passage.Exchange.Upstream.Method));

    static HttpRequestMessage Compose(Passage passage, Service service, string host)
    {
        var exchange = passage.Exchange;
        var scheme = service.Tls is null ? "http" : "https";
        // The path goes out as it is: it has been normalised once, by us.
        var exact = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var target = new Uri($"{scheme}://{host}{exchange.Upstream.Path}{exchange.Upstream.Query}", exact);
        var request = new HttpRequestMessage(new HttpMethod(exchange.Upstream.Method), target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Options.Set(Http2Channel.ConnectTimeoutMs, service.Config.ConnectTimeout);
        if (RequestBody.Source(passage) != BodySource.None) request.Content = new ClientBody(passage);
        RequestHeadComposer.Write(passage, new Http2Head(request), host);
        return request;
    }

    static void CopyHead(HttpResponseMessage answer, HttpResponse response)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated)
            if (!RequestHeadFilter.IsOwn(name)) response.Headers[name] = new StringValues([.. values]);
        foreach (var (name, values) in answer.Content.Headers.NonValidated) response.Headers[name] = new StringValues([.. values]);
    }

    /// <summary>The client's body as content of the runtime's client, streamed and flushed piece by piece.</summary>
    sealed class ClientBody(Passage passage) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var exchange = passage.Exchange;
            var source = RequestBody.Source(passage);
            if (source == BodySource.Memory)
            {
                await stream.WriteAsync(RequestBody.InMemory(exchange));
                return;
            }
            if (exchange.BufferedBody.Length > 0) await stream.WriteAsync(exchange.BufferedBody);
            var reader = passage.Http.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(exchange.Aborted);
                passage.Call.BodyConsumed = true;
                foreach (var segment in read.Buffer)
                {
                    exchange.RequestBytes += segment.Length;
                    await stream.WriteAsync(segment);
                }
                reader.AdvanceTo(read.Buffer.End);
                await stream.FlushAsync();
                if (read.IsCompleted || read.IsCanceled) return;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
