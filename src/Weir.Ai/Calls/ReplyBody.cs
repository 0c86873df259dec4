using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>An answer of a provider on its way to the client: begun while another target may still be tried, copied when the head is out.</summary>
abstract class ReplyBody
{
    /// <summary>Reads as much as must be known before the client sees anything. The error says why the answer is none.</summary>
    public abstract ValueTask<LlmError?> BeginAsync();

    /// <summary>Fills status and headers.</summary>
    public abstract void WriteHead(HttpResponse response, UpstreamReply reply);

    /// <summary>Writes the body.</summary>
    public abstract ValueTask CopyAsync(BodyOutput output);

    /// <summary>The provider's own head, without what is between the provider and the gateway alone.</summary>
    protected static void PassHead(HttpResponse response, UpstreamReply reply, bool keepsLength)
    {
        response.StatusCode = reply.Status;
        reply.CopyHeadersTo(response.Headers);
        response.Headers.Remove("Set-Cookie");
        if (!keepsLength) response.ContentLength = null;
    }

    /// <summary>What of the provider's head means something in any dialect.</summary>
    protected static void OwnHead(HttpResponse response, UpstreamReply reply, int status, string contentType)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        if (reply.Header("Retry-After") is { } retryAfter) response.Headers.RetryAfter = retryAfter;
    }
}
