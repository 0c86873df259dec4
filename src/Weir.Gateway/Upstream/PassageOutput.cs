using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

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

    public override ValueTask<bool> FlushAsync()
    {
        if (_unfiltered is not null) return _unfiltered.WrittenCount == 0 ? new(true) : FlushFilteredAsync(_unfiltered);
        var flush = _client.FlushAsync();
        return flush.IsCompletedSuccessfully ? new(IsRead(flush.Result)) : WaitAsync(flush);
    }

    /// <summary>The body is whole: what filters held back goes out with the end of the request.</summary>
    public ValueTask CompleteAsync() => _unfiltered is null ? default : FilterAsync(_unfiltered, isLast: true);

    async ValueTask<bool> FlushFilteredAsync(ArrayBufferWriter<byte> unfiltered)
    {
        await FilterAsync(unfiltered, isLast: false);
        return IsRead(await _client.FlushAsync());
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    static async ValueTask<bool> WaitAsync(ValueTask<FlushResult> flush) => IsRead(await flush);

    static bool IsRead(in FlushResult flushed) => !flushed.IsCompleted && !flushed.IsCanceled;

    async ValueTask FilterAsync(ArrayBufferWriter<byte> unfiltered, bool isLast)
    {
        if (passage.HasBlockingFilter) await ThreadSwitch.ToPool;
        BodyFilterChain.Write(passage, unfiltered.WrittenSpan, isLast, _client);
        unfiltered.ResetWrittenCount();
    }
}
