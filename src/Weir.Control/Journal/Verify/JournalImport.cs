using System.Security.Cryptography;
using System.Text;

namespace Weir.Control;

/// <summary>Appends transactions that were exported from another journal. The chain stays the same: hashes are of payloads, wherever they are kept.</summary>
static class JournalImport
{
    /// <summary>Records that are on their way to the store at once.</summary>
    const int InFlightMax = 256;

    /// <summary>Of a text with one payload a line.</summary>
    public static Task<long> RunAsync(IJournal journal, IAsyncEnumerable<string> lines, CancellationToken cancellation) =>
        RunAsync(journal, lines.Select(static line => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(line)), cancellation);

    /// <param name="journal">Empty, or with the first of the transactions.</param>
    /// <param name="payloads">In order.</param>
    /// <param name="cancellation">Gives up; what is there stays.</param>
    /// <returns>How many were added.</returns>
    /// <exception cref="FormatException">One does not follow the one before it, or the journal holds another one at its revision.</exception>
    public static async Task<long> RunAsync(IJournal journal, IAsyncEnumerable<ReadOnlyMemory<byte>> payloads, CancellationToken cancellation)
    {
        var known = await HashesAsync(journal, cancellation);
        var (head, number, added) = (default(JournalHead?), 0, 0L);
        Queue<Task<bool>> waiting = [];
        string? refused = null;
        await foreach (var payload in payloads.WithCancellation(cancellation))
        {
            number++;
            head ??= StartOf(payload, known, number);
            (var record, refused) = JournalChain.Follow(head.Value, payload);
            if (refused is not null) break;
            head = new JournalHead(record.Revision, record.Hash);
            if (IsKnown(record, known, out refused)) continue;
            if (refused is not null) break;
            waiting.Enqueue(journal.AppendAsync(record, cancellation));
            added++;
            if (waiting.Count >= InFlightMax) await DoneAsync(waiting);
        }
        while (waiting.Count > 0) await DoneAsync(waiting);
        return refused is null ? added : throw new FormatException($"line {number}: {refused}");
    }

    static bool IsKnown(JournalRecord record, List<byte[]> known, out string? refused)
    {
        refused = null;
        if (record.Revision >= known.Count) return false;
        var isSame = known[(int)record.Revision].AsSpan().SequenceEqual(record.Hash.Span);
        if (!isSame) refused = $"the journal has another transaction at revision {record.Revision}";
        return isSame;
    }

    /// <summary>By revision, from that before the first.</summary>
    static async Task<List<byte[]>> HashesAsync(IJournal journal, CancellationToken cancellation)
    {
        List<byte[]> hashes = [new byte[JournalHead.HashBytes]];
        await foreach (var record in journal.ReadAsync(0, cancellation)) hashes.Add(record.Hash.ToArray());
        return hashes;
    }

    /// <summary>An export may begin after the first transaction: with one that follows a transaction of this journal.</summary>
    static JournalHead StartOf(ReadOnlyMemory<byte> payload, List<byte[]> known, int line)
    {
        var previous = new byte[SHA256.HashSizeInBytes];
        if (!JournalChain.TryReadPrevious(payload.Span, previous))
            throw new FormatException($"line {line}: expected a transaction that begins with \"previous\"");
        var revision = known.FindLastIndex(hash => hash.AsSpan().SequenceEqual(previous));
        if (revision < 0) throw new FormatException($"line {line}: the transaction follows {Convert.ToHexStringLower(previous)}, which is not in the journal");
        return new JournalHead(revision, previous);
    }

    static async Task DoneAsync(Queue<Task<bool>> waiting)
    {
        if (!await waiting.Dequeue()) throw new FormatException("another node appends to the journal: stop the servers first");
    }
}
