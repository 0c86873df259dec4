using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Weir.Acceptance;

/// <summary>A gRPC server of a few methods, without a gRPC library: what counts is what is on the wire.</summary>
static class GrpcUpstream
{
    public static Task<AppUpstream> StartAsync(HttpsConnectionAdapterOptions? tls = null) => AppUpstream.StartAsync(AnswerAsync, HttpProtocols.Http2, tls);

    static async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.ContentType = "application/grpc";
        response.Headers["x-te"] = request.Headers.TE;
        response.Headers["x-seen-metadata"] = request.Headers["x-metadata"];
        switch (request.Path.Value)
        {
            case "/test.Words/Fail":
                // "Trailers-Only": the status comes with the head, there is no body.
                response.Headers["grpc-status"] = "5";
                response.Headers["grpc-message"] = "no such word";
                return;
            case "/test.Words/Count":
                foreach (var number in new[] { "0", "1", "2", "3", "4" }) await GrpcFrames.WriteAsync(response.BodyWriter, number);
                break;
            case "/test.Words/Join":
                await GrpcFrames.WriteAsync(response.BodyWriter, string.Join('+', await GrpcFrames.ReadAllAsync(request.Body)));
                break;
            case "/test.Words/Break":
                await GrpcFrames.WriteAsync(response.BodyWriter, "half");
                context.Abort();
                return;
            case "/test.Words/Hang":
                await GrpcFrames.WriteAsync(response.BodyWriter, "waiting");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                return;
            default:
                // Echo: each message is answered before the next one is read.
                while (await GrpcFrames.ReadAsync(request.Body, context.RequestAborted) is { } message)
                    await GrpcFrames.WriteAsync(response.BodyWriter, "re: " + message);
                break;
        }
        response.AppendTrailer("grpc-status", "0");
        response.AppendTrailer("x-trailer", "last words");
    }
}
