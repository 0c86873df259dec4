using System.Text;

namespace Weir.Ai;

/// <summary>Asks a server for a token (RFC 6749 section 4.4 and its kin).</summary>
static class TokenCall
{
    /// <summary>Longest answer that is read.</summary>
    public const int AnswerBytesMax = 64 * 1024;

    const int ConnectTimeoutMs = 5_000;
    const int ReadTimeoutMs = 10_000;

    /// <summary>A POST with a form.</summary>
    public static UpstreamMessage Form(Uri url, CancellationToken stop, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var form = new StringBuilder();
        foreach (var (name, value) in fields)
            form.Append(form.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return new UpstreamMessage
        {
            To = UpstreamAddress.Of(url),
            Path = url.AbsolutePath,
            Query = url.Query,
            Headers = [new("Content-Type", "application/x-www-form-urlencoded"), new("Accept", "application/json"), new("Accept-Encoding", "identity")],
            Body = Encoding.ASCII.GetBytes(form.ToString()),
            ConnectTimeoutMs = ConnectTimeoutMs,
            WriteTimeoutMs = ReadTimeoutMs,
            ReadTimeoutMs = ReadTimeoutMs,
            Stop = stop,
        };
    }

    /// <summary>A GET with the header that only the machine itself can send.</summary>
    public static UpstreamMessage Machine(Uri url, string header, string value, CancellationToken stop) => new()
    {
        To = UpstreamAddress.Of(url),
        Method = "GET",
        Path = url.AbsolutePath,
        Query = url.Query,
        Headers = [new(header, value), new("Accept", "application/json"), new("Accept-Encoding", "identity")],
        ConnectTimeoutMs = ConnectTimeoutMs,
        WriteTimeoutMs = ReadTimeoutMs,
        ReadTimeoutMs = ReadTimeoutMs,
        Stop = stop,
    };

    /// <summary>Sends the request and reads the token in its answer.</summary>
    public static async ValueTask<TokenGrant> SendAsync(IUpstreams upstreams, TimeProvider time, UpstreamMessage message)
    {
        var server = message.To.Authority;
        var asked = time.GetUtcNow();
        using var reply = await upstreams.SendAsync(message);
        // Once the request is out, what comes back may hold parts of it: only what was said before goes into the log.
        if (reply.Failure != UpstreamFailure.None)
            return TokenGrant.None($"{server} {Words(reply.Failure)}{(reply is { WasSent: false, Reason: { Length: > 0 } reason } ? $" ({reason})" : "")}");
        var (bytes, failure) = await WholeBody.ReadAsync(reply, AnswerBytesMax);
        if (bytes.Length > AnswerBytesMax) return TokenGrant.None($"{server} answered with more than {AnswerBytesMax} bytes");
        if (failure != UpstreamFailure.None) return TokenGrant.None($"{server} {Words(failure)}");
        if (reply.Status != 200) return TokenGrant.None($"{server} answered with status {reply.Status}{TokenAnswer.ErrorOf(bytes)}");
        var grant = TokenAnswer.Read(bytes, asked);
        return grant.Problem is { } problem ? TokenGrant.None($"the answer of {server} is no token: {problem}") : grant;
    }

    static string Words(UpstreamFailure failure) => failure switch
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
