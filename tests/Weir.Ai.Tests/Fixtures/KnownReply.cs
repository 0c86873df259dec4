using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai.Tests;

/// <summary>An answer that is known before, in pieces.</summary>
sealed class KnownReply(int status, string contentType, byte[] body, int pieceBytes) : UpstreamReply
{
    readonly UpstreamFailure _failure;
    int _at;

    public KnownReply(UpstreamFailure failure) : this(0, "", [], 1) => _failure = failure;

    public override UpstreamFailure Failure => _failure;
    public override string? Reason => _failure == UpstreamFailure.None ? null : _failure.ToString();
    public override bool WasSent => true;
    public override int Status => status;
    public override int ReadTimeoutMs { set { } }

    public override string? Header(string name) => name switch
    {
        "Content-Type" => contentType,
        "Content-Length" => body.Length.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    public override void CopyHeadersTo(IHeaderDictionary headers) => headers.ContentType = contentType;

    public override ValueTask<UpstreamRead> ReadAsync(Memory<byte> destination)
    {
        var count = Math.Min(Math.Min(pieceBytes, destination.Length), body.Length - _at);
        body.AsMemory(_at, count).CopyTo(destination);
        _at += count;
        return new(new UpstreamRead(count, _at == body.Length));
    }

    public override void Abort() { }

    public override void Dispose() { }
}
