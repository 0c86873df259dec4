namespace Weir.Gateway;

/// <summary>What went wrong between the gateway and an upstream. Faults are expected, so they are values and never exceptions.</summary>
enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Nobody listens at the address.</summary>
    ConnectRefused,

    /// <summary>The connection was not established in time.</summary>
    ConnectTimeout,

    /// <summary>The address cannot be reached, or the machine is out of sockets.</summary>
    ConnectFailed,

    /// <summary>The TLS handshake failed, or the upstream's certificate is not acceptable.</summary>
    TlsFailed,

    /// <summary>The request cannot be put into HTTP/1.1: a line break in a value, a head over the limit, a body unlike its declared length.</summary>
    RequestInvalid,

    /// <summary>The client's body is longer than the node allows.</summary>
    RequestTooLarge,

    /// <summary>The client sends its body more slowly than the node allows.</summary>
    RequestTooSlow,

    /// <summary>The upstream took no bytes for longer than the write timeout.</summary>
    WriteTimeout,

    /// <summary>The connection broke while the request was being sent.</summary>
    WriteFailed,

    /// <summary>The connection ended before the first byte of the response.</summary>
    ClosedBeforeResponse,

    /// <summary>The upstream sent nothing for longer than the read timeout.</summary>
    ReadTimeout,

    /// <summary>The connection ended inside the response head.</summary>
    HeadTruncated,

    /// <summary>The response head is longer, or has more lines, than the limits allow.</summary>
    HeadTooLarge,

    /// <summary>The response head is not HTTP/1.1, or it frames its body in an ambiguous way.</summary>
    HeadInvalid,

    /// <summary>The chunked framing of the response body is broken.</summary>
    BodyInvalid,

    /// <summary>The connection ended inside the response body.</summary>
    BodyTruncated,

    /// <summary>The gateway itself gave up: the client has gone, or the pool is closed.</summary>
    Aborted,
}
