using System.Text;

namespace Weir.Identity;

/// <summary>Asks a server for a token (RFC 6749 section 4.4 and its kin).</summary>
static class TokenCall
{
    /// <summary>Longest answer that is read.</summary>
    public const int AnswerBytesMax = 64 * 1024;

    const int ConnectTimeoutMs = 5_000;
    const int ReadTimeoutMs = 10_000;

    /// <summary>A POST with a form.</summary>
    public static UpstreamMessage Form(Uri url, CancellationToken stop, params ReadOnlySpan<(string Name, string Value)> fields) =>
        Posted(url, FormOf(fields), stop);

    /// <summary>A POST with a form that is written already. The content type is its first header.</summary>
    public static UpstreamMessage Posted(Uri url, byte[] form, CancellationToken stop) =>
        Message(url, "POST", [new("Content-Type", "application/x-www-form-urlencoded")], form, stop);

    /// <summary>A call that only the machine itself can make.</summary>
    public static UpstreamMessage Machine(Uri url, string method, List<KeyValuePair<string, string>> headers, CancellationToken stop) =>
        Message(url, method, headers, default, stop);

    /// <summary>Fields as application/x-www-form-urlencoded.</summary>
    public static byte[] FormOf(ReadOnlySpan<(string Name, string Value)> fields)
    {
        var form = new StringBuilder();
        foreach (var (name, value) in fields)
            form.Append(form.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return Encoding.ASCII.GetBytes(form.ToString());
    }

    /// <summary>Sends the request and reads the token in its answer.</summary>
    public static async ValueTask<Grant<IssuedToken>> SendAsync(IUpstreams upstreams, TimeProvider time, UpstreamMessage message)
    {
        var asked = time.GetUtcNow();
        var (bytes, failed) = await ReadAsync(upstreams, message, TokenAnswer.ErrorOf);
        if (failed is not null) return Grant<IssuedToken>.None(failed);
        var grant = TokenAnswer.Read(bytes, asked);
        return grant.Problem is { } problem ? Grant<IssuedToken>.None($"the answer of {message.To.Authority} is no token: {problem}") : grant;
    }

    /// <summary>Sends the request: the body of an answer of status 200, or why there is none.</summary>
    /// <param name="upstreams">How servers are called.</param>
    /// <param name="message">The request.</param>
    /// <param name="errorOf">What of an answer of another status may be told, with a colon before it; empty for nothing.</param>
    public static async ValueTask<(ReadOnlyMemory<byte> Body, string? Problem)> ReadAsync(
        IUpstreams upstreams, UpstreamMessage message, Func<ReadOnlyMemory<byte>, string> errorOf)
    {
        var server = message.To.Authority;
        using var reply = await upstreams.SendAsync(message);
        // Once the request is out, what comes back may hold parts of it: only what was said before goes into the log.
        if (reply.Failure != UpstreamFailure.None)
            return (default, $"{server} {Words(reply.Failure)}{(reply is { WasSent: false, Reason: { Length: > 0 } reason } ? $" ({reason})" : "")}");
        var (bytes, failure) = await WholeReply.ReadAsync(reply, AnswerBytesMax);
        if (bytes.Length > AnswerBytesMax) return (default, $"{server} answered with more than {AnswerBytesMax} bytes");
        if (failure != UpstreamFailure.None) return (default, $"{server} {Words(failure)}");
        return reply.Status == 200 ? (bytes, null) : (default, $"{server} answered with status {reply.Status}{errorOf(bytes)}");
    }

    /// <summary>A call with the time limits of all calls here.</summary>
    public static UpstreamMessage Message(
        Uri url, string method, List<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        return new UpstreamMessage
        {
            To = UpstreamAddress.Of(url),
            Method = method,
            Path = url.AbsolutePath,
            Query = url.Query,
            Headers = [.. headers, new("Accept", "application/json"), new("Accept-Encoding", "identity")],
            Body = body,
            ConnectTimeoutMs = ConnectTimeoutMs,
            WriteTimeoutMs = ReadTimeoutMs,
            ReadTimeoutMs = ReadTimeoutMs,
            Stop = stop,
        };
    }

    /// <summary>What became of a call, after the server's name.</summary>
    public static string Words(UpstreamFailure failure) => failure switch
    {
        UpstreamFailure.Unreachable => "cannot be reached",
        UpstreamFailure.ConnectTimeout => "took too long to connect to",
        UpstreamFailure.Tls => "has no certificate that can be trusted",
        UpstreamFailure.Unsendable => "cannot be asked: the request is no HTTP",
        UpstreamFailure.Timeout or UpstreamFailure.Aborted => "did not answer in time",
        UpstreamFailure.Broken => "broke the connection",
        _ => "does not speak HTTP",
    };
}
