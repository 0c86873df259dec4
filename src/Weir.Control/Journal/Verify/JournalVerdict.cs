using System.Globalization;

namespace Weir.Control;

/// <summary>What reading a whole journal showed.</summary>
/// <param name="Records">Records that were proved.</param>
/// <param name="Head">The last of them.</param>
/// <param name="Problem">The first problem, with its place; null when there is none.</param>
/// <param name="Remarks">What else there is to say.</param>
sealed record JournalVerdict(long Records, JournalHead Head, string? Problem, IReadOnlyList<string> Remarks)
{
    /// <summary>Reads every record and proves its sum, its seal, its place in the chain and its number.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="checkpoints">What it was at other times, with signatures that were verified.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<JournalVerdict> OfAsync(StoredJournal journal, IReadOnlyList<Checkpoint> checkpoints, CancellationToken cancellation)
    {
        var (records, head) = (0L, JournalHead.None);
        var stated = checkpoints.ToLookup(static checkpoint => checkpoint.Revision);
        try
        {
            await foreach (var record in journal.ReadAsync(journal.Start, cancellation))
            {
                if (JournalEnvelope.Read(record.Payload) is { Revision: not 0 } envelope && envelope.Revision != record.Revision)
                    return new JournalVerdict(records, head, $"the record of revision {record.Revision} says that it is revision {envelope.Revision}", []);
                head = new JournalHead(record.Revision, record.Hash);
                records++;
                if (stated[record.Revision].FirstOrDefault(checkpoint => checkpoint.Hash != Convert.ToHexStringLower(record.Hash.Span)) is { } other)
                    return new JournalVerdict(records, head, Differs(other), []);
            }
            if (stated.Where(group => group.Key > head.Revision).SelectMany(static group => group).FirstOrDefault() is { } beyond)
                return new JournalVerdict(records, head, Lacks(head, beyond), []);
            return new JournalVerdict(records, head, null, await journal.RemarksAsync(head, cancellation));
        }
        catch (JournalBrokenException broken)
        {
            return new JournalVerdict(records, head, broken.Message, []);
        }
    }

    static string Differs(Checkpoint checkpoint) =>
        $"revision {checkpoint.Revision} is not what it was on {DateOf(checkpoint)}: its hash was {checkpoint.Hash}";

    static string Lacks(JournalHead head, Checkpoint checkpoint) =>
        $"it ends at revision {head.Revision}; there was a revision {checkpoint.Revision} on {DateOf(checkpoint)}";

    static string DateOf(Checkpoint checkpoint) => checkpoint.At.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
