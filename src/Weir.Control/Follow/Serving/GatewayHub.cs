using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>The gateways of a control-plane node: brings every transaction to the feed, wakes the streams, remembers what was seen of whom.</summary>
sealed partial class GatewayHub : IAsyncDisposable
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly ControlPlane _plane;
    readonly CancellationTokenSource _stopping = new();
    readonly ConcurrentDictionary<Guid, GatewaySeen> _seen = new();
    volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task _following = Task.CompletedTask;

    public GatewayHub(ControlPlane plane, Enrolment enrolment, FollowLimits limits)
    {
        (_plane, Enrolment, Limits) = (plane, enrolment, limits);
        Feeds = new Feeds(plane.Parts.Check, limits);
    }

    public Enrolment Enrolment { get; }

    public FollowLimits Limits { get; }

    public Feeds Feeds { get; }

    public ControlState Current => _plane.Current;

    public ILogger Log => _plane.Parts.Log;

    public TimeProvider Time => _plane.Parts.Time;

    /// <summary>Completes at the next transaction.</summary>
    public Task Moved => _moved.Task;

    /// <summary>Fires when the node stops.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>What was seen of a gateway; null for nothing.</summary>
    public GatewaySeen? Find(Guid id) => _seen.GetValueOrDefault(id);

    /// <summary>Remembers what was seen.</summary>
    public void See(Guid id, Func<GatewaySeen, GatewaySeen> change)
    {
        var now = Time.GetUtcNow();
        _seen.AddOrUpdate(id, static (id, given) => given.change(new GatewaySeen { Id = id, LastSeen = given.now }),
            static (_, before, given) => given.change(before with { LastSeen = given.now }), (change, now));
    }

    /// <summary>Reads the newest state and starts to follow the journal.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var state = _plane.Current;
        // One more than are kept, for the hash of the point before the first.
        var from = Math.Max(_plane.Journal.Start, state.Revision - Limits.RevisionsKept - 1);
        var last = await ReadAsync(from, state.Revision, cancellation);
        var before = JournalHead.None;
        if (from > 0 && last.Count > 0)
        {
            before = last[0].Head;
            last = last[1..];
        }
        Feeds.Start(state, before, last);
        _following = Task.Run(FollowAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        _stopping.Dispose();
    }

    async Task FollowAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var have = Feeds.Head.Revision;
                await _plane.WaitAsync(have, _stopping.Token);
                var state = _plane.Current;
                Feeds.Advance(state, await ReadAsync(have, state.Revision, _stopping.Token));
                Forget(state);
                Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it is, gateways must not stay behind for good because of it.
                LogBehind(Log, exception, Feeds.Head.Revision);
                await Task.Delay(RetryAfter, Time, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    /// <summary>Transactions after a revision up to another, all of them.</summary>
    async Task<List<(Transaction Transaction, JournalHead Head)>> ReadAsync(long after, long to, CancellationToken cancellation)
    {
        List<(Transaction, JournalHead)> read = [];
        await foreach (var record in _plane.Journal.ReadAsync(after, cancellation))
        {
            if (record.Revision > to) break;
            read.Add((Transaction.Read(record), new JournalHead(record.Revision, record.Hash)));
        }
        if (read.Count != to - after) throw new JournalBrokenException($"{to - after} records after revision {after} were expected, {read.Count} found");
        return read;
    }

    void Forget(ControlState state)
    {
        foreach (var id in _seen.Keys)
            if (state.Table(ControlState.Root, ControlKinds.Gateways).Find(id) is null)
                _seen.TryRemove(id, out _);
    }

    [LoggerMessage(1, LogLevel.Error, "Gateways are not told of changes; they stay at revision {Revision}")]
    static partial void LogBehind(ILogger log, Exception exception, long revision);
}
