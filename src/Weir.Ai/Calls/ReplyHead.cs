using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>The head of a provider's answer, to be written when it is certain that this is the answer the client gets.</summary>
sealed class ReplyHead(UpstreamReply reply)
{
    public int Status { get; } = reply.Status;

    public string? ContentType { get; } = reply.Header("Content-Type");

    /// <summary>Writes the provider's own head, without what is between the provider and the gateway alone.</summary>
    public void WriteTo(HttpResponse response, long? contentLength)
    {
        response.StatusCode = Status;
        reply.CopyHeadersTo(response.Headers);
        response.Headers.Remove("Set-Cookie");
        response.ContentLength = contentLength;
    }

    /// <summary>Writes a head of the gateway's own for an answer in another form.</summary>
    public void WriteOwn(HttpResponse response, string contentType)
    {
        response.StatusCode = Status;
        response.ContentType = contentType;
        if (reply.Header("Retry-After") is { } retryAfter) response.Headers.RetryAfter = retryAfter;
    }
}
