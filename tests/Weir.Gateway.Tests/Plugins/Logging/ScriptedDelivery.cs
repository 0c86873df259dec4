using System.Collections.Concurrent;
using System.Text;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins;

/// <summary>A delivery that does what a test says, and tells the test.</summary>
sealed class ScriptedDelivery : IDelivery
{
    readonly ConcurrentQueue<string> _sent = new();
    readonly SemaphoreSlim _arrived = new(0);
    readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _calls;

    /// <summary>What each call answers, by its number from 0.</summary>
    public Func<int, string?> Answer { get; set; } = static _ => null;

    /// <summary>Calls wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public Task Disposed => _disposed.Task;

    /// <summary>The next batch that was sent, its entries joined by commas.</summary>
    public async Task<string> NextAsync()
    {
        await _arrived.WaitAsync();
        _sent.TryDequeue(out var sent);
        return sent!;
    }

    public async ValueTask<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> batch, CancellationToken cancellation)
    {
        _sent.Enqueue(string.Join(',', batch.Select(entry => Encoding.UTF8.GetString(entry.Span))));
        _arrived.Release();
        var call = Interlocked.Increment(ref _calls) - 1;
        await Gate.WaitAsync(cancellation);
        return Answer(call);
    }

    public void Dispose() => _disposed.SetResult();
}
