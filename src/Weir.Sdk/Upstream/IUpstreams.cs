namespace Weir;

/// <summary>
/// Calls to other servers over the gateway's own connections: pooled and kept alive, on its event loops, with its name resolution, TLS and time limits.
/// For plugins that answer in the upstream's place, and for those that ask a third party before they decide. Get it with <see cref="PluginContext.Get{T}"/>.
/// </summary>
public interface IUpstreams
{
    /// <summary>
    /// Sends a request and waits for the head of its answer. Failures of the network are replies with a <see cref="UpstreamReply.Failure"/>, never
    /// exceptions. Nothing is tried twice. The reply must be disposed of, whatever it is.
    /// </summary>
    ValueTask<UpstreamReply> SendAsync(UpstreamMessage message);
}

/// <summary>Where a call goes.</summary>
/// <param name="IsTls">https rather than http.</param>
/// <param name="Host">Host name or address literal, without port.</param>
/// <param name="Port">Port.</param>
public sealed record UpstreamAddress(bool IsTls, string Host, int Port)
{
    /// <summary>Whether the server's certificate must be trusted and carry the name. Only for https.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>host, or host:port where the port is not the scheme's own: the Host header.</summary>
    public string Authority { get; } = Port == (IsTls ? 443 : 80) ? Host : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>The address of an absolute http or https URL.</summary>
    public static UpstreamAddress Of(Uri url) => new(url.Scheme == Uri.UriSchemeHttps, url.IdnHost, url.Port);
}

/// <summary>A request to another server.</summary>
public sealed class UpstreamMessage
{
    /// <summary>Where it goes.</summary>
    public required UpstreamAddress To { get; init; }

    /// <summary>HTTP method.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>Path, percent-encoded, starting with '/'.</summary>
    public required string Path { get; init; }

    /// <summary>Query with its leading '?'; empty for none.</summary>
    public string Query { get; init; } = "";

    /// <summary>Headers without Host, Content-Length and those of the connection.</summary>
    public List<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The whole body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Asks to go on as a WebSocket (RFC 6455); its own headers are among <see cref="Headers"/>. An answer of status 101 is then possible: its body is the
    /// other protocol's bytes, and <see cref="UpstreamReply.SendAsync"/> sends ours.
    /// </summary>
    public bool AsksWebSocket { get; init; }

    /// <summary>Time to establish a connection, TLS included, in milliseconds.</summary>
    public int ConnectTimeoutMs { get; init; } = 60_000;

    /// <summary>Time in which some progress of sending must be made, in milliseconds.</summary>
    public int WriteTimeoutMs { get; init; } = 60_000;

    /// <summary>Time to the head of the answer, and then between two pieces of its body, in milliseconds.</summary>
    public int ReadTimeoutMs { get; init; } = 60_000;

    /// <summary>
    /// The exchange it is made for: the call ends when that client leaves, and stands among its tries; one such call at a time. Null for a call of its own.
    /// </summary>
    public Exchange? Exchange { get; init; }

    /// <summary>The call goes on when the exchange's client leaves; it stands among its tries all the same.</summary>
    public bool OutlivesClient { get; init; }

    /// <summary>Ends the call. Beside the exchange's own end.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>Why there is no answer, or no more of it.</summary>
public enum UpstreamFailure
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>No connection: the name does not resolve, nobody listens, the network does not lead there.</summary>
    Unreachable,

    /// <summary>No connection in time.</summary>
    ConnectTimeout,

    /// <summary>The TLS handshake failed, or the certificate is not acceptable.</summary>
    Tls,

    /// <summary>The request cannot be put into HTTP/1.1: a line break in a header, a head over the limit.</summary>
    Unsendable,

    /// <summary>The server took or gave nothing for longer than the time limit.</summary>
    Timeout,

    /// <summary>The connection broke.</summary>
    Broken,

    /// <summary>What came is not HTTP.</summary>
    Invalid,

    /// <summary>The caller gave up: the client left, or the call was stopped.</summary>
    Aborted,
}

/// <summary>What one read of an answer's body brought.</summary>
/// <param name="Count">Bytes written to the destination.</param>
/// <param name="IsComplete">The body has ended; there may be bytes with its end.</param>
/// <param name="Failure">Why no more can be read.</param>
public readonly record struct UpstreamRead(int Count, bool IsComplete, UpstreamFailure Failure = UpstreamFailure.None);

/// <summary>The answer to a call, or why there is none. Disposing of it gives its connection back; an answer not read to its end closes it.</summary>
public abstract class UpstreamReply : IDisposable
{
    /// <summary>Why there is no answer; <see cref="UpstreamFailure.None"/> when there is one.</summary>
    public abstract UpstreamFailure Failure { get; }

    /// <summary>The failure in words, for logs; null for none.</summary>
    public abstract string? Reason { get; }

    /// <summary>Something of the request was sent: the server may have acted on it.</summary>
    public abstract bool WasSent { get; }

    /// <summary>Status of the answer; 0 when there is none.</summary>
    public abstract int Status { get; }

    /// <summary>The value of a header; null when it is absent.</summary>
    public abstract string? Header(string name);

    /// <summary>Adds the answer's end-to-end headers to those of a response.</summary>
    public abstract void CopyHeadersTo(Microsoft.AspNetCore.Http.IHeaderDictionary headers);

    /// <summary>Time allowed between two pieces of the body from now on, in milliseconds.</summary>
    public abstract int ReadTimeoutMs { set; }

    /// <summary>Reads what is at hand of the body, framing taken off, or waits for it.</summary>
    public abstract ValueTask<UpstreamRead> ReadAsync(Memory<byte> destination);

    /// <summary>After a 101: sends bytes of the other protocol. False when the connection has failed.</summary>
    public virtual ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes) => new(false);

    /// <summary>After a 101: ends our side, while the other may still send.</summary>
    public virtual ValueTask EndSendingAsync() => default;

    /// <summary>Closes the connection; a read under way fails. Safe from any thread.</summary>
    public abstract void Abort();

    /// <inheritdoc/>
    public abstract void Dispose();
}
