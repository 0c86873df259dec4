namespace Weir.Control;

/// <summary>What reading a whole journal showed.</summary>
/// <param name="Records">Records that were proved.</param>
/// <param name="Head">The last of them.</param>
/// <param name="Problem">The first problem, with its place; null when there is none.</param>
/// <param name="Remarks">What else there is to say.</param>
sealed record JournalVerdict(long Records, JournalHead Head, string? Problem, IReadOnlyList<string> Remarks)
{
    /// <summary>Reads every record and proves its sum, its seal, its place in the chain and its number.</summary>
    public static async Task<JournalVerdict> OfAsync(StoredJournal journal, CancellationToken cancellation)
    {
        var (records, head) = (0L, JournalHead.None);
        try
        {
            await foreach (var record in journal.ReadAsync(journal.Start, cancellation))
            {
                if (JournalEnvelope.Read(record.Payload) is { Revision: not 0 } envelope && envelope.Revision != record.Revision)
                    return new JournalVerdict(records, head, $"the record of revision {record.Revision} says that it is revision {envelope.Revision}", []);
                head = new JournalHead(record.Revision, record.Hash);
                records++;
            }
            return new JournalVerdict(records, head, null, await journal.RemarksAsync(head, cancellation));
        }
        catch (JournalBrokenException broken)
        {
            return new JournalVerdict(records, head, broken.Message, []);
        }
    }
}
