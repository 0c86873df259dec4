using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Weir.Gateway;

/// <summary>Writes the gateway's own answers.</summary>
static class AnswerWriter
{
    /// <summary>Status and headers. What an upstream's answer left in the response is replaced where it describes the body.</summary>
    public static void WriteHead(Passage passage, Answer answer)
    {
        var response = passage.Http.Response;
        var headers = response.Headers;
        response.StatusCode = answer.Status;
        headers.ContentLength = null;
        headers.Remove(HeaderNames.ContentEncoding);
        headers.Remove(HeaderNames.ETag);
        headers.Remove(HeaderNames.LastModified);
        if (answer.ContentType is { } type) headers.ContentType = type;
        else headers.Remove(HeaderNames.ContentType);
        foreach (var (name, value) in answer.Headers)
        {
            // A stream has no connection to close; Kestrel would drop the header and warn of it.
            if (passage.IsStream && name == HeaderNames.Connection) continue;
            headers[name] = value;
        }

        if (answer.Kind is not (AnswerBody.Error or AnswerBody.Fault)) return;
        if (IsGrpc(passage.Http.Request))
        {
            headers.ContentType = "application/grpc";
            headers["grpc-status"] = GrpcStatus.Of(answer.Status);
            headers["grpc-message"] = answer.Message;
        }
        else
        {
            headers.ContentType = ErrorBody.ContentType(Type(passage, answer));
        }
    }

    /// <summary>The body, through the body filters if there are any.</summary>
    public static async ValueTask WriteBodyAsync(Passage passage, Answer answer)
    {
        var response = passage.Http.Response;
        if (answer.Kind == AnswerBody.Bytes)
        {
            await SendAsync(passage, answer.Body);
        }
        else if (answer.Kind is AnswerBody.Error or AnswerBody.Fault && !IsGrpc(passage.Http.Request))
        {
            var body = new ArrayBufferWriter<byte>(256);
            ErrorBody.Write(body, Type(passage, answer), answer.Message, passage.Exchange.RequestId);
            await SendAsync(passage, body.WrittenMemory);
        }
        else
        {
            await SendAsync(passage, default);
        }
        await response.CompleteAsync();
    }

    static ValueTask SendAsync(Passage passage, ReadOnlyMemory<byte> body)
    {
        var response = passage.Http.Response;
        if (passage.BodyFilters.Count > 0)
        {
            var filtered = new ArrayBufferWriter<byte>(Math.Max(256, body.Length));
            BodyFilterChain.Write(passage, body.Span, isLast: true, filtered);
            body = filtered.WrittenMemory;
        }
        if (response.StatusCode is 204 or 304 or < 200) return default;
        response.Headers.ContentLength = body.Length;
        passage.Exchange.ResponseBytes += body.Length;
        if (body.IsEmpty || HttpMethods.IsHead(passage.Http.Request.Method)) return default;
        return AwaitAsync(response.BodyWriter.WriteAsync(body));

        static async ValueTask AwaitAsync(ValueTask<System.IO.Pipelines.FlushResult> flush) => await flush;
    }

    static ErrorBodyType Type(Passage passage, Answer answer) =>
        ErrorBody.Negotiate(passage.Http.Request.Headers, answer.Kind == AnswerBody.Fault ? ErrorBodyType.Plain : ErrorBodyType.Json);

    static bool IsGrpc(HttpRequest request) => request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
