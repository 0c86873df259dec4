using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Plugins;
using Weir.Telemetry;

namespace Weir.Gateway.Tests.Plugins;

public class DeliveryQueueTests
{
    readonly MetricRegistry _registry = new();
    readonly WatchedTime _time = new();
    readonly ScriptedDelivery _delivery = new();
    readonly Deliveries _house;

    public DeliveryQueueTests() => _house = new Deliveries(_registry, _time);

    [Fact]
    public async Task Delivers_every_entry_on_its_own_at_once_and_in_order_by_default()
    {
        var queue = Queue(new QueueConfig());
        foreach (var entry in (string[])["a", "b", "c"]) Add(queue, entry);
        Assert.Equal(["a", "b", "c"], [await _delivery.NextAsync(), await _delivery.NextAsync(), await _delivery.NextAsync()]);
        await queue.DrainAsync(default);
        Assert.Equal(3, Count("delivered"));
    }

    [Fact]
    public async Task A_full_batch_does_not_wait()
    {
        var queue = Queue(new QueueConfig { MaxBatchSize = 3, MaxCoalescingDelay = 3600 });
        foreach (var entry in (string[])["a", "b", "c"]) Add(queue, entry);
        Assert.Equal("a,b,c", await _delivery.NextAsync());
    }

    [Fact]
    public async Task A_batch_that_is_not_full_waits_for_the_coalescing_delay()
    {
        var queue = Queue(new QueueConfig { MaxBatchSize = 10, MaxCoalescingDelay = 1.5 });
        Add(queue, "a");
        Assert.Equal(TimeSpan.FromSeconds(1.5), await _time.NextWaitAsync());
        Add(queue, "b");
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal("a,b", await _delivery.NextAsync());
    }

    [Fact]
    public async Task Without_a_coalescing_delay_a_batch_is_what_waits()
    {
        var gate = new TaskCompletionSource();
        _delivery.Gate = gate.Task;
        var queue = Queue(new QueueConfig { MaxBatchSize = 10, MaxCoalescingDelay = 0 });
        Add(queue, "a");
        Assert.Equal("a", await _delivery.NextAsync());
        Add(queue, "b");
        Add(queue, "c");
        gate.SetResult();
        Assert.Equal("b,c", await _delivery.NextAsync());
    }

    [Fact]
    public async Task Tries_again_with_delays_that_double_up_to_their_limit()
    {
        _delivery.Answer = static call => call < 6 ? "away" : null;
        var queue = Queue(new QueueConfig { InitialRetryDelay = 0.5, MaxRetryDelay = 3 });
        Add(queue, "a");
        foreach (var expected in (double[])[0.5, 1, 2, 3, 3, 3])
        {
            Assert.Equal("a", await _delivery.NextAsync());
            Assert.Equal(TimeSpan.FromSeconds(expected), await _time.NextWaitAsync());
            _time.Advance(TimeSpan.FromSeconds(expected));
        }
        await queue.DrainAsync(default);
        Assert.Equal(1, Count("delivered"));
        Assert.Contains("weir_delivery_retries_total{queue=\"test\"} 6\n", MetricsPage.Of(_registry));
    }

    [Fact]
    public async Task Gives_up_after_the_retry_time_and_goes_on_with_the_next_batch()
    {
        _delivery.Answer = static call => call < 3 ? "away" : null;
        var queue = Queue(new QueueConfig { MaxRetryTime = 10, InitialRetryDelay = 6 });
        Add(queue, "lost");
        Add(queue, "kept");
        Assert.Equal("lost", await _delivery.NextAsync());
        _time.Advance(await _time.NextWaitAsync());
        Assert.Equal("lost", await _delivery.NextAsync());
        _time.Advance(await _time.NextWaitAsync());
        Assert.Equal("lost", await _delivery.NextAsync());
        Assert.Equal("kept", await _delivery.NextAsync());
        await queue.DrainAsync(default);
        Assert.Equal((1, 1), (Count("expired"), Count("delivered")));
    }

    [Fact]
    public async Task A_delivery_that_throws_is_tried_again()
    {
        _delivery.Answer = static call => call == 0 ? throw new InvalidOperationException("bug") : null;
        var queue = Queue(new QueueConfig());
        Add(queue, "a");
        Assert.Equal("a", await _delivery.NextAsync());
        _time.Advance(await _time.NextWaitAsync());
        Assert.Equal("a", await _delivery.NextAsync());
        await queue.DrainAsync(default);
        Assert.Equal(1, Count("delivered"));
    }

    [Fact]
    public async Task A_full_queue_drops_the_oldest_entries()
    {
        var gate = new TaskCompletionSource();
        _delivery.Gate = gate.Task;
        var queue = Queue(new QueueConfig { MaxEntries = 2 });
        Add(queue, "under way");
        await _delivery.NextAsync();
        foreach (var entry in (string[])["1", "2", "3", "4"]) Add(queue, entry);
        Assert.Equal(2, queue.Waiting);
        Assert.Equal(2, Count("overflow"));
        Assert.Contains("weir_delivery_waiting{queue=\"test\"} 2\n", MetricsPage.Of(_registry));
        gate.SetResult();
        Assert.Equal(["3", "4"], [await _delivery.NextAsync(), await _delivery.NextAsync()]);
    }

    [Fact]
    public async Task Bytes_are_limited_too_and_an_entry_above_the_limit_is_refused()
    {
        var gate = new TaskCompletionSource();
        _delivery.Gate = gate.Task;
        var queue = Queue(new QueueConfig { MaxBytes = 10 });
        Add(queue, "x");
        await _delivery.NextAsync();
        foreach (var entry in (string[])["aaaa", "bbbb", "cccc", "12345678901"]) Add(queue, entry);
        Assert.Equal((1, 1), (Count("overflow"), Count("too_large")));
        gate.SetResult();
        Assert.Equal(["bbbb", "cccc"], [await _delivery.NextAsync(), await _delivery.NextAsync()]);
    }

    [Fact]
    public async Task Without_a_concurrency_limit_entries_do_not_wait_for_each_other()
    {
        var gate = new TaskCompletionSource();
        _delivery.Gate = gate.Task;
        var queue = Queue(new QueueConfig { ConcurrencyLimit = -1, MaxBatchSize = 10, MaxCoalescingDelay = 3600, MaxEntries = 2 });
        foreach (var entry in (string[])["a", "b"]) Add(queue, entry);
        Assert.Equal(["a", "b"], ((string[])[await _delivery.NextAsync(), await _delivery.NextAsync()]).Order());
        foreach (var entry in (string[])["c", "d", "e"]) Add(queue, entry);
        Assert.Equal(1, Count("overflow"));
        gate.SetResult();
        await queue.DrainAsync(default);
        Assert.Equal(4, Count("delivered"));
    }

    [Fact]
    public async Task Draining_does_not_wait_for_the_coalescing_delay()
    {
        var queue = Queue(new QueueConfig { MaxBatchSize = 10, MaxCoalescingDelay = 3600 });
        Add(queue, "a");
        await _time.NextWaitAsync();
        await _house.DrainAsync(default);
        Assert.Equal("a", await _delivery.NextAsync());
        Assert.Equal(1, Count("delivered"));
    }

    [Fact]
    public async Task Draining_that_takes_too_long_abandons_what_is_left_and_counts_it()
    {
        _delivery.Answer = static _ => "away";
        var queue = Queue(new QueueConfig());
        foreach (var entry in (string[])["a", "b", "c"]) Add(queue, entry);
        await _time.NextWaitAsync();
        using var limit = new CancellationTokenSource();
        var drained = _house.DrainAsync(limit.Token);
        await limit.CancelAsync();
        await drained;
        Assert.Equal(3, Count("abandoned"));
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public async Task An_abandoned_delivery_under_way_is_cancelled()
    {
        _delivery.Gate = new TaskCompletionSource().Task;
        var queue = Queue(new QueueConfig());
        Add(queue, "stuck");
        await _delivery.NextAsync();
        using var limit = new CancellationTokenSource();
        var drained = queue.DrainAsync(limit.Token);
        await limit.CancelAsync();
        await drained;
        Assert.Equal(1, Count("abandoned"));
    }

    [Fact]
    public async Task A_disposed_queue_delivers_what_waits_and_then_closes_its_sink()
    {
        var queue = Queue(new QueueConfig { MaxBatchSize = 10, MaxCoalescingDelay = 3600 });
        Add(queue, "a");
        await _time.NextWaitAsync();
        queue.Dispose();
        Assert.Equal("a", await _delivery.NextAsync());
        await _delivery.Disposed;
        Add(queue, "late");
        Assert.Equal((1, 1), (Count("delivered"), Count("abandoned")));
        Assert.DoesNotContain("weir_delivery_waiting{", MetricsPage.Of(_registry));
    }

    [Fact]
    public async Task An_idle_queue_closes_at_once()
    {
        Queue(new QueueConfig()).Dispose();
        await _delivery.Disposed;
        await _house.DrainAsync(default);
        Assert.Equal(0, Count("abandoned"));
    }

    [Fact]
    public async Task Entries_are_copied()
    {
        var gate = new TaskCompletionSource();
        _delivery.Gate = gate.Task;
        var queue = Queue(new QueueConfig());
        Add(queue, "first");
        await _delivery.NextAsync();
        var memory = "mine"u8.ToArray();
        queue.Add(memory);
        memory.AsSpan().Clear();
        gate.SetResult();
        Assert.Equal("mine", await _delivery.NextAsync());
    }

    [Fact]
    public void Nothing_is_lost_doubled_or_reordered_whatever_fails() => Prop.ForAll<bool[], PositiveInt, PositiveInt>((failures, size, entries) =>
    {
        // No delays and a real clock: the run takes as long as it takes, and nothing in it depends on how long.
        var house = new Deliveries(new MetricRegistry(), TimeProvider.System);
        var sent = new List<string>();
        var calls = 0;
        var delivery = new CollectingDelivery(batch =>
        {
            if (calls < failures.Length && failures[calls++]) return "away";
            sent.AddRange(batch);
            return null;
        });
        var config = new QueueConfig { MaxBatchSize = size.Get, InitialRetryDelay = 0, MaxRetryDelay = 0 };
        using var queue = new DeliveryQueue("test", config, delivery, house, NullLogger.Instance);
        for (var i = 0; i < entries.Get; i++) Add(queue, $"{i}");
        queue.DrainAsync(default).GetAwaiter().GetResult();
        return sent.SequenceEqual(Enumerable.Range(0, entries.Get).Select(i => $"{i}"));
    }).QuickCheckThrowOnFailure();

    DeliveryQueue Queue(QueueConfig config) => new("test", config, _delivery, _house, NullLogger.Instance);

    long Count(string result) => _house.Entries.With("test", result).Value;

    static void Add(DeliveryQueue queue, string entry) => queue.Add(Encoding.UTF8.GetBytes(entry));

    sealed class CollectingDelivery(Func<List<string>, string?> send) : IDelivery
    {
        public ValueTask<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> batch, CancellationToken cancellation) =>
            new(send([.. batch.Select(entry => Encoding.UTF8.GetString(entry.Span))]));

        public void Dispose() { }
    }
}
