namespace Weir.Gateway.Plugins;

/// <summary>Carries batches of entries to where they belong. Used by one queue, which disposes it when the last entry is through.</summary>
interface IDelivery : IDisposable
{
    /// <summary>Delivers a batch. Null when it arrived; otherwise why not, and the queue tries again. Never throws but for cancellation.</summary>
    ValueTask<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> batch, CancellationToken cancellation);
}
