using System.Text;

namespace Weir.Gateway;

/// <summary>
/// Gathers what the headers of a response say about its body and its connection, and concludes (RFC 9112 §6). Anything that two readers could understand
/// in two ways is refused, since the gateway and its client must never disagree about where a response ends.
/// </summary>
struct FramingFacts
{
    bool _isChunked;
    bool _closes;
    bool _keepsAlive;

    public FramingFacts()
    {
    }

    public required bool IsHttp11 { get; init; }

    public long ContentLength { get; private set; } = -1;

    public BodyFraming Framing { get; private set; }

    public bool KeepAlive { get; private set; }

    /// <summary>Connection lists something besides close, keep-alive and upgrade.</summary>
    public bool NamesOptions { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>Takes in one header; false when it is refused.</summary>
    public bool Take(HeaderRole role, ReadOnlySpan<byte> value) => role switch
    {
        HeaderRole.ContentLength => TakeLength(value),
        HeaderRole.TransferEncoding => TakeEncoding(value),
        HeaderRole.Connection => TakeConnection(value),
        _ => true,
    };

    /// <summary>Decides how the body ends; false when the head contradicts itself.</summary>
    public bool Conclude(int status, bool isHead)
    {
        if (_isChunked && ContentLength >= 0) return Refuse("both Content-Length and Transfer-Encoding");
        if (_isChunked && !IsHttp11) return Refuse("Transfer-Encoding in an HTTP/1.0 response");
        KeepAlive = !_closes && (IsHttp11 || _keepsAlive);
        if (isHead || status is < 200 or 204 or 304) Framing = BodyFraming.None;
        else if (_isChunked) Framing = BodyFraming.Chunked;
        else if (ContentLength >= 0) Framing = BodyFraming.Length;
        else
        {
            Framing = BodyFraming.UntilClose;
            KeepAlive = false;
        }
        return true;
    }

    bool TakeLength(ReadOnlySpan<byte> value)
    {
        // Digits only: no sign, no list, no space inside. 18 digits cannot overflow and no body is that long.
        const int DigitsMax = 18;
        if (value.IsEmpty || value.Length > DigitsMax) return Refuse("an invalid Content-Length");
        long length = 0;
        foreach (var b in value)
        {
            if (!char.IsAsciiDigit((char)b)) return Refuse("an invalid Content-Length");
            length = length * 10 + (b - '0');
        }
        if (ContentLength >= 0 && ContentLength != length) return Refuse("two Content-Lengths that differ");
        ContentLength = length;
        return true;
    }

    bool TakeEncoding(ReadOnlySpan<byte> value)
    {
        // We never offer another coding (TE is not forwarded beyond "trailers"), so any other is an error of the upstream.
        if (_isChunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8)) return Refuse("a Transfer-Encoding other than chunked");
        _isChunked = true;
        return true;
    }

    bool TakeConnection(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var option = value[range].TrimBlanks();
            if (Ascii.EqualsIgnoreCase(option, "close"u8)) _closes = true;
            else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8)) _keepsAlive = true;
            else if (!option.IsEmpty && !Ascii.EqualsIgnoreCase(option, "upgrade"u8)) NamesOptions = true;
        }
        return true;
    }

    bool Refuse(string problem)
    {
        Problem = problem;
        return false;
    }
}
