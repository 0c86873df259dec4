using System.Runtime.CompilerServices;

namespace Weir.Control;

/// <summary>Tells from a record as it stands in the journal whether it can be wanted.</summary>
delegate bool RecordFilter(ReadOnlySpan<byte> payload);

/// <summary>What the journal says of times gone by. It is read where the answer is, not from its start.</summary>
sealed class History(ControlPlane plane)
{
    /// <summary>Transactions that are looked at first when reading from the end; then four times as many, and so on.</summary>
    const int WindowMin = 64;

    /// <summary>And no more than this at once: they are in memory together.</summary>
    const int WindowMax = 4096;

    /// <summary>Reading so many entities of a snapshot takes as long as reading one transaction.</summary>
    const int EntitiesPerTransaction = 4;

    /// <summary>Transactions after a revision up to another, in order.</summary>
    public IAsyncEnumerable<Transaction> ReadAsync(long afterRevision, long toRevision, CancellationToken cancellation) =>
        ReadAsync(afterRevision, toRevision, static _ => true, cancellation);

    /// <summary>Those of them that can be wanted.</summary>
    public async IAsyncEnumerable<Transaction> ReadAsync(
        long afterRevision, long toRevision, RecordFilter mayWant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var record in RecordsAsync(afterRevision, toRevision, cancellation))
            if (mayWant(record.Payload.Span))
                yield return Transaction.Read(record);
    }

    /// <summary>Transactions after a revision up to another, the newest first.</summary>
    public async IAsyncEnumerable<Transaction> ReadBackAsync(
        long toRevision, long afterRevision, RecordFilter mayWant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        afterRevision = Math.Max(afterRevision, plane.Journal.Start);
        for (var window = WindowMin; toRevision > afterRevision; window = Math.Min(WindowMax, window * 4))
        {
            var start = Math.Max(afterRevision, toRevision - window);
            List<Transaction> found = [];
            await foreach (var transaction in ReadAsync(start, toRevision, mayWant, cancellation)) found.Add(transaction);
            for (var i = found.Count - 1; i >= 0; i--) yield return found[i];
            toRevision = start;
        }
    }

    /// <summary>The state after a revision: from the nearest state that there is (the current one, the empty one, a snapshot), on or back.</summary>
    public async Task<ControlState> AtAsync(ControlState current, long revision, CancellationToken cancellation)
    {
        var from = await NearestAsync(current, revision, cancellation);
        return from.Revision <= revision ? await OnAsync(from, revision, cancellation) : await BackAsync(from, revision, cancellation);
    }

    /// <summary>What is different between two revisions, whatever happened on the way.</summary>
    public async Task<IReadOnlyList<Change>> BetweenAsync(long from, long to, CancellationToken cancellation)
    {
        var isBack = from > to;
        var net = new Dictionary<(Guid, ControlKind, Guid), Change>();
        await foreach (var transaction in ReadAsync(Math.Min(from, to), Math.Max(from, to), cancellation))
            foreach (var change in transaction.Changes)
                net[(change.Workspace, change.Kind, change.Id)] =
                    net.TryGetValue((change.Workspace, change.Kind, change.Id), out var earlier) ? change with { Before = earlier.Before } : change;
        var different = net.Values.Where(static change => IsDifferent(change));
        return [.. isBack ? different.Select(static change => change with { Before = change.After, After = change.Before }) : different];
    }

    /// <summary>Who gave each field of an entity the value that it has.</summary>
    public Task<IReadOnlyList<(string Field, Transaction By)>> BlameAsync(Guid workspace, Stored entity, CancellationToken cancellation) =>
        new Blame(this, workspace, entity, plane.Journal.Start).RunAsync(cancellation);

    /// <summary>One transaction.</summary>
    public async Task<Transaction> ReadOneAsync(long revision, CancellationToken cancellation)
    {
        await foreach (var transaction in ReadAsync(revision - 1, revision, cancellation)) return transaction;
        throw new JournalBrokenException($"revision {revision} is not in the journal");
    }

    async IAsyncEnumerable<JournalRecord> RecordsAsync(
        long afterRevision, long toRevision, [EnumeratorCancellation] CancellationToken cancellation)
    {
        afterRevision = Math.Max(afterRevision, plane.Journal.Start);
        if (afterRevision >= toRevision) yield break;
        await foreach (var record in plane.Journal.ReadAsync(afterRevision, cancellation))
        {
            yield return record;
            // Not only when the next one has come: it may be far, or damaged.
            if (record.Revision >= toRevision) yield break;
        }
    }

    async Task<ControlState> NearestAsync(ControlState current, long revision, CancellationToken cancellation)
    {
        var (nearest, cost) = (current, Math.Abs(current.Revision - revision));
        if (revision < cost && plane.Journal.Start == 0) (nearest, cost) = (ControlState.Empty, revision);
        var reading = current.Tables.Sum(static each => (long)each.Table.Count) / EntitiesPerTransaction;
        if (reading >= cost) return nearest;
        long? best = null;
        foreach (var snapshot in await plane.Journal.SnapshotsAsync(cancellation))
            if (reading + Math.Abs(snapshot - revision) < cost)
                (best, cost) = (snapshot, reading + Math.Abs(snapshot - revision));
        if (best is not { } chosen) return nearest;
        var state = await StateOpening.FromSnapshotAsync(plane.Journal, chosen, plane.Parts.Log, cancellation);
        // A damaged one: an older one was read in its place, or none that the journal goes on from.
        return state.Revision == chosen ? state : nearest;
    }

    async Task<ControlState> OnAsync(ControlState from, long revision, CancellationToken cancellation)
    {
        if (from.Revision == revision) return from;
        var (editor, head) = (from.Edit(), from.Head);
        await foreach (var record in RecordsAsync(from.Revision, revision, cancellation))
        {
            editor.Apply(Transaction.Read(record));
            head = new JournalHead(record.Revision, record.Hash);
        }
        return editor.ToState(head);
    }

    async Task<ControlState> BackAsync(ControlState from, long revision, CancellationToken cancellation)
    {
        var editor = from.Edit();
        var previous = new byte[JournalHead.HashBytes];
        HashSet<(Guid, ControlKind, Guid)> done = [];
        await foreach (var record in RecordsAsync(revision, from.Revision, cancellation))
        {
            if (record.Revision == revision + 1) JournalChain.TryReadPrevious(record.Payload.Span, previous);
            // What was before the first change of an entity is what was there.
            foreach (var change in Transaction.Read(record).Changes)
                if (done.Add((change.Workspace, change.Kind, change.Id)))
                    Undo(editor.Table(change.Workspace, change.Kind), change, revision);
        }
        return editor.ToState(new JournalHead(revision, previous));
    }

    static void Undo(EntityTable.Editor table, Change change, long revision)
    {
        if (change.Before is { } before) table.Put(new Stored(change.Kind, change.Id, before, change.BeforeRevision ?? revision));
        else if (table.Find(change.Id) is { } later) table.Remove(later);
    }

    static bool IsDifferent(Change change)
    {
        if (change.Before is not { } before || change.After is not { } after) return change.Before is not null || change.After is not null;
        return !Canonical.SaysTheSame(before, after);
    }
}
