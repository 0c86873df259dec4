using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace Weir.Acceptance;

/// <summary>One gRPC call of a client that sends and reads independently.</summary>
sealed class GrpcCall : IDisposable
{
    readonly Pipe _sent = new();
    readonly CancellationTokenSource _cancel = new();
    readonly Task<HttpResponseMessage> _answer;

    public GrpcCall(HttpClient client, string method, string contentType = "application/grpc")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/test.Words/" + method)
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Outgoing(_sent.Reader) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
        };
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.Add("x-metadata", "seen");
        _answer = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cancel.Token);
    }

    public Task<HttpResponseMessage> Answer => _answer;

    public Task SendAsync(string message) => GrpcFrames.WriteAsync(_sent.Writer, message);

    public ValueTask CompleteAsync() => _sent.Writer.CompleteAsync();

    public async Task<Stream> BodyAsync() => await (await _answer).Content.ReadAsStreamAsync();

    public Task CancelAsync() => _cancel.CancelAsync();

    /// <summary>Sends one message, and reads the whole answer.</summary>
    public static async Task<(HttpResponseMessage Answer, List<string> Messages)> UnaryAsync(HttpClient client, string method, string message = "one")
    {
        using var call = new GrpcCall(client, method);
        await call.SendAsync(message);
        await call.CompleteAsync();
        return (await call.Answer, await GrpcFrames.ReadAllAsync(await call.BodyAsync()));
    }

    public static string? Trailer(HttpResponseMessage answer, string name) => Only(answer.TrailingHeaders, name);

    public static string? Header(HttpResponseMessage answer, string name) => Only(answer.Headers, name);

    static string? Only(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.Single() : null;

    public void Dispose() => _cancel.Dispose();

    sealed class Outgoing(PipeReader messages) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            while (true)
            {
                var read = await messages.ReadAsync();
                foreach (var piece in read.Buffer) await stream.WriteAsync(piece);
                await stream.FlushAsync();
                messages.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
