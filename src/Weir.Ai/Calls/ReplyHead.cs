using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>The head of a provider's answer, kept until it is certain that this is the answer the client gets.</summary>
sealed class ReplyHead
{
    readonly HeaderDictionary? _headers;
    readonly string? _retryAfter;

    /// <summary>To be made before the body is read.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="isPassed">All its headers go to the client; else only those that mean something in any dialect.</param>
    public ReplyHead(UpstreamReply reply, bool isPassed)
    {
        Status = reply.Status;
        ContentType = reply.Header("Content-Type");
        _retryAfter = reply.Header("Retry-After");
        if (!isPassed) return;
        _headers = [];
        reply.CopyHeadersTo(_headers);
    }

    public int Status { get; }

    public string? ContentType { get; }

    /// <summary>Writes the provider's own head, without what is between the provider and the gateway alone.</summary>
    public void WriteTo(HttpResponse response, long? contentLength)
    {
        response.StatusCode = Status;
        foreach (var (name, values) in _headers!) response.Headers[name] = values;
        response.Headers.Remove("Set-Cookie");
        response.ContentLength = contentLength;
    }

    /// <summary>Writes a head of the gateway's own for an answer in another form.</summary>
    public void WriteOwn(HttpResponse response, string contentType)
    {
        response.StatusCode = Status;
        response.ContentType = contentType;
        if (_retryAfter is not null) response.Headers.RetryAfter = _retryAfter;
    }
}
