using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>
/// Finds who gave each field of an entity its value: from the transaction that wrote the entity to the one before it, and so on, until every field is known.
/// </summary>
sealed class Blame(History history, Guid workspace, Stored entity, long start)
{
    readonly HashSet<string> _unknown =
        [.. FieldDiff.Of(null, JsonNode.Parse(entity.Json.Span)!.AsObject()).Select(static field => field.Field)];

    readonly List<(string Field, Transaction By)> _found = [];

    public async Task<IReadOnlyList<(string Field, Transaction By)>> RunAsync(CancellationToken cancellation)
    {
        var revision = entity.Revision;
        while (_unknown.Count > 0 && revision > start)
        {
            var transaction = await history.ReadOneAsync(revision, cancellation);
            if (ChangeIn(transaction) is not { } change) break;
            Take(transaction, change);
            if (change.Before is null) break;
            revision = change.BeforeRevision ?? await BeforeAsync(revision, cancellation);
        }
        return _found;
    }

    void Take(Transaction transaction, Change change)
    {
        foreach (var field in FieldDiff.Of(Parse(change.Before), Parse(change.After)))
            if (_unknown.Remove(field.Field))
                _found.Add((field.Field, transaction));
    }

    /// <summary>Transactions of the first versions do not say where to go on.</summary>
    async Task<long> BeforeAsync(long revision, CancellationToken cancellation)
    {
        var written = System.Text.Encoding.ASCII.GetBytes(entity.Id.ToString());
        await foreach (var transaction in history.ReadBackAsync(revision - 1, start, payload => payload.IndexOf(written) >= 0, cancellation))
            if (ChangeIn(transaction) is not null)
                return transaction.Revision;
        return start;
    }

    Change? ChangeIn(Transaction transaction) =>
        transaction.Changes.FirstOrDefault(change => change.Workspace == workspace && change.Kind == entity.Kind && change.Id == entity.Id);

    static JsonObject? Parse(ReadOnlyMemory<byte>? json) => json is { } bytes ? JsonNode.Parse(bytes.Span)!.AsObject() : null;
}
