using System.Collections.Concurrent;

namespace Weir.Control.Tests;

/// <summary>
/// What clients of several nodes saw, and whether one order of transactions explains it: whoever was told of a change finds it there once, at its revision, and
/// behind every change that somebody had been told of before it was asked for; and every change follows from what was there before it.
/// </summary>
sealed class Linearity
{
    readonly ConcurrentQueue<Told> _told = [];
    long _clock;
    int _number;

    /// <summary>Makes a change on a node. Whatever goes wrong with the node is what a client sees as no answer.</summary>
    public async Task<bool> TryAsync(ControlPlane plane, int seed)
    {
        var id = $"request-{Interlocked.Increment(ref _number)}";
        var asked = Interlocked.Increment(ref _clock);
        try
        {
            var commit = await plane.CommitAsync(
                new Author("client", RequestId: id), RandomChanges.Of(seed), CommitOptions.Default, TestContext.Current.CancellationToken);
            if (commit.Transaction is not { } transaction) return false;
            _told.Enqueue(new Told(id, transaction.Revision, asked, Interlocked.Increment(ref _clock)));
            return true;
        }
        catch (Exception lost) when (lost is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Checks what was told against the journal. Returns the state after it.</summary>
    public async Task<ControlState> CheckAsync(IJournal journal)
    {
        var (state, revisions) = (ControlState.Empty, new Dictionary<string, long>());
        await foreach (var record in journal.ReadAsync(0, TestContext.Current.CancellationToken))
        {
            var transaction = Transaction.Read(record);
            Assert.True(revisions.TryAdd(transaction.Author.RequestId, record.Revision), $"{transaction.Author.RequestId} is there twice");
            foreach (var change in transaction.Changes)
            {
                var before = state.Table(change.Workspace, change.Kind).Find(change.Id);
                Assert.Equal(before?.Revision, change.BeforeRevision);
                Assert.Equal(before is null, change.Before is null);
                if (before is not null) Assert.True(before.Json.Span.SequenceEqual(change.Before!.Value.Span));
            }
            state = state.With(transaction, new JournalHead(record.Revision, record.Hash));
        }
        var told = _told.OrderBy(static each => each.Answered).ToList();
        var last = 0L;
        foreach (var each in told) Assert.Equal(revisions[each.RequestId], each.Revision);
        // The highest revision that somebody had been told of by the time of each question.
        foreach (var moment in told.Select(static each => (At: each.Asked, Each: each, IsAnswer: false))
            .Concat(told.Select(static each => (At: each.Answered, Each: each, IsAnswer: true))).OrderBy(static moment => moment.At))
        {
            if (moment.IsAnswer) last = Math.Max(last, moment.Each.Revision);
            else moment.Each.After = last;
        }
        Assert.All(told, static each => Assert.True(each.Revision > each.After, $"revision {each.Revision} was asked for when {each.After} was known"));
        return state;
    }

    sealed record Told(string RequestId, long Revision, long Asked, long Answered)
    {
        public long After { get; set; }
    }
}
