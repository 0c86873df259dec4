using System.Buffers;
using System.IO.Pipelines;

namespace Weir.Gateway;

/// <summary>The body of an answer on its way from a plugin to the client, through the plugins that asked for it.</summary>
sealed class PassageOutput(Passage passage) : BodyOutput
{
    readonly PipeWriter _client = passage.Http.Response.BodyWriter;
    readonly ArrayBufferWriter<byte>? _unfiltered = passage.BodyFilters.Count > 0 ? new() : null;

    public override void Advance(int count)
    {
        passage.Exchange.ResponseBytes += count;
        if (_unfiltered is null) _client.Advance(count);
        else _unfiltered.Advance(count);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _unfiltered?.GetMemory(sizeHint) ?? _client.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _unfiltered is null ? _client.GetSpan(sizeHint) : _unfiltered.GetSpan(sizeHint);

    public override async ValueTask<bool> FlushAsync()
    {
        if (_unfiltered is not null)
        {
            if (_unfiltered.WrittenCount == 0) return true;
            await FilterAsync(_unfiltered, isLast: false);
        }
        var flushed = await _client.FlushAsync();
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }

    /// <summary>The body is whole: what filters held back goes out with the end of the request.</summary>
    public ValueTask CompleteAsync() => _unfiltered is null ? default : FilterAsync(_unfiltered, isLast: true);

    async ValueTask FilterAsync(ArrayBufferWriter<byte> unfiltered, bool isLast)
    {
        if (passage.HasBlockingFilter) await ThreadSwitch.ToPool;
        BodyFilterChain.Write(passage, unfiltered.WrittenSpan, isLast, _client);
        unfiltered.ResetWrittenCount();
    }
}
