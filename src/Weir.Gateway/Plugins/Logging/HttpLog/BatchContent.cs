using System.Net;
using System.Net.Http.Headers;

namespace Weir.Gateway.Plugins;

/// <summary>A batch as the body of a request, written from where the entries lie: one entry as it is, or all of them as a JSON array.</summary>
sealed class BatchContent : HttpContent
{
    static readonly byte[] Open = "["u8.ToArray();
    static readonly byte[] Comma = ","u8.ToArray();
    static readonly byte[] Close = "]"u8.ToArray();

    readonly IReadOnlyList<ReadOnlyMemory<byte>> _batch;
    readonly bool _asArray;

    public BatchContent(IReadOnlyList<ReadOnlyMemory<byte>> batch, bool asArray, MediaTypeHeaderValue contentType)
    {
        (_batch, _asArray) = (batch, asArray);
        Headers.ContentType = contentType;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_asArray) await stream.WriteAsync(Open, cancellationToken);
        for (var i = 0; i < _batch.Count; i++)
        {
            if (i > 0) await stream.WriteAsync(Comma, cancellationToken);
            await stream.WriteAsync(_batch[i], cancellationToken);
        }
        if (_asArray) await stream.WriteAsync(Close, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _asArray ? _batch.Count + 1 : _batch.Count - 1;
        foreach (var entry in _batch) length += entry.Length;
        return true;
    }
}
