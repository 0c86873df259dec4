using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>What the journal says of times gone by.</summary>
sealed class History(ControlPlane plane)
{
    /// <summary>Transactions after a revision up to another, in order.</summary>
    public async IAsyncEnumerable<Transaction> ReadAsync(long afterRevision, long toRevision, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (afterRevision >= toRevision) yield break;
        await foreach (var record in plane.Journal.ReadAsync(afterRevision, cancellation))
        {
            if (record.Revision > toRevision) yield break;
            yield return Transaction.Read(record);
        }
    }

    /// <summary>The state after a revision: folded from the start, or unwound from the current one, whichever is nearer.</summary>
    public async Task<ControlState> AtAsync(ControlState current, long revision, CancellationToken cancellation)
    {
        if (revision == current.Revision) return current;
        if (revision <= current.Revision - revision)
        {
            var state = ControlState.Empty;
            await foreach (var record in plane.Journal.ReadAsync(0, cancellation))
            {
                if (record.Revision > revision) break;
                state = state.With(Transaction.Read(record), new JournalHead(record.Revision, record.Hash));
            }
            return state;
        }
        var editor = current.Edit();
        foreach (var change in await BetweenAsync(revision, current.Revision, cancellation))
        {
            var table = editor.Table(change.Workspace, change.Kind);
            if (change.Before is { } before) table.Put(new Stored(change.Kind, change.Id, before, revision));
            else if (table.Find(change.Id) is { } later) table.Remove(later);
        }
        return editor.ToState(new JournalHead(revision, default));
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
    public async Task<IReadOnlyList<(string Field, Transaction By)>> BlameAsync(
        Guid workspace, ControlKind kind, Guid id, long to, CancellationToken cancellation)
    {
        var by = new Dictionary<string, Transaction>(StringComparer.Ordinal);
        var written = System.Text.Encoding.UTF8.GetBytes(id.ToString());
        JsonObject? last = null;
        await foreach (var record in plane.Journal.ReadAsync(0, cancellation))
        {
            if (record.Revision > to) break;
            // Most transactions are about something else, which is seen without reading them.
            if (record.Payload.Span.IndexOf(written) < 0) continue;
            var transaction = Transaction.Read(record);
            foreach (var change in transaction.Changes)
            {
                if (change.Workspace != workspace || change.Kind != kind || change.Id != id) continue;
                var after = Parse(change.After);
                if (change.Before is null) by.Clear();
                foreach (var field in FieldDiff.Of(Parse(change.Before), after)) by[field.Field] = transaction;
                if (after is null) by.Clear();
                last = after;
            }
        }
        var there = FieldDiff.Of(null, last).Select(static field => field.Field).ToHashSet(StringComparer.Ordinal);
        return [.. by.Where(each => there.Contains(each.Key)).Select(static each => (each.Key, each.Value))];
    }

    static bool IsDifferent(Change change)
    {
        if (change.Before is not { } before || change.After is not { } after) return change.Before is not null || change.After is not null;
        return !Canonical.SaysTheSame(before, after);
    }

    static JsonObject? Parse(ReadOnlyMemory<byte>? json) => json is { } bytes ? JsonNode.Parse(bytes.Span)!.AsObject() : null;
}
