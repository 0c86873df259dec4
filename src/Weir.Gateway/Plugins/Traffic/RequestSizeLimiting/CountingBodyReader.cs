using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway.Plugins;

/// <summary>
/// Passes a request body on while it counts. One byte too many and reading fails the way the server's own limit fails, so that whoever reads, a plugin or the
/// forwarder, needs no second kind of error. What one read returned before stays counted until it is examined past, never twice.
/// </summary>
sealed class CountingBodyReader(PipeReader inner, long bytesMax, string message) : PipeReader, IRequestBodyPipeFeature
{
    long _consumed;
    System.Buffers.ReadOnlySequence<byte> _last;

    public bool Exceeded { get; private set; }

    public PipeReader Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Count(await inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        Count(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        _consumed += _last.Slice(0, consumed).Length;
        inner.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _last.Slice(0, consumed).Length;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    ReadResult Count(ReadResult read)
    {
        _last = read.Buffer;
        if (_consumed + read.Buffer.Length <= bytesMax) return read;
        Exceeded = true;
        inner.AdvanceTo(read.Buffer.Start);
        throw new BadHttpRequestException(message, StatusCodes.Status413PayloadTooLarge);
    }
}
