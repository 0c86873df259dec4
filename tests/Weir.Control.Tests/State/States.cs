namespace Weir.Control.Tests;

/// <summary>States compared and kept.</summary>
static class States
{
    /// <summary>Everything that a state says, for comparison.</summary>
    public static IReadOnlyList<(Guid Workspace, string Kind, Guid Id, long Revision, string Json)> Said(this ControlState state) =>
        [.. state.Tables.SelectMany(static each => each.Table.All.Select(entity =>
            (each.Workspace, each.Table.Kind.Name, entity.Id, entity.Revision, System.Text.Encoding.UTF8.GetString(entity.Json.Span))))];

    /// <summary>The fold of a journal from its first transaction.</summary>
    public static async Task<ControlState> FoldAsync(IJournal journal)
    {
        var state = ControlState.Empty;
        await foreach (var record in journal.ReadAsync(0, TestContext.Current.CancellationToken))
            state = state.With(Transaction.Read(record), new JournalHead(record.Revision, record.Hash));
        return state;
    }

    public static async Task<byte[]> BytesAsync(this ControlState state)
    {
        var bytes = new MemoryStream();
        await StateSnapshot.WriteAsync(state, bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
