using System.Buffers;

namespace Weir.Telemetry;

/// <summary>
/// Reads the records of a ledger, also while it is being written. A line that is damaged is passed over and counted; a last line without its end is one that
/// was being written when its process ended, or is being written now: nobody was told that it is there.
/// </summary>
sealed class UsageReader(string folder)
{
    const int BufferBytes = 256 * 1024;

    /// <summary>How much later than its time a record may stand in a segment: a call that streams for long is written at its end.</summary>
    static readonly TimeSpan LatenessMax = TimeSpan.FromDays(1);

    /// <summary>Segments read so far.</summary>
    public int Segments { get; private set; }

    /// <summary>Lines passed over so far because their sum was wrong or they were none.</summary>
    public int Damaged { get; private set; }

    /// <summary>Segments so far whose last line has no end.</summary>
    public int Torn { get; private set; }

    /// <summary>The records from one moment (inclusive) to another (exclusive), segment by segment.</summary>
    public IEnumerable<UsageRecord> Read(DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        foreach (var file in UsageSegments.List(folder))
        {
            if (from is { } first && file.LastWriteTimeUtc < first.UtcDateTime) continue;
            if (until is { } last && UsageSegments.BeganAt(file.Name) is { } began && began - LatenessMax > last) continue;
            Segments++;
            foreach (var record in ReadSegment(file))
                if (!(record.Time < from) && !(record.Time >= until)) yield return record;
        }
    }

    IEnumerable<UsageRecord> ReadSegment(FileInfo file)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int kept = 0, read;
            while ((read = stream.Read(buffer, kept, buffer.Length - kept)) > 0)
            {
                var filled = kept + read;
                var start = 0;
                while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var length and >= 0)
                {
                    if (UsageFrame.Read(buffer.AsSpan(start, length)) is { } record) yield return record;
                    else Damaged++;
                    start += length + 1;
                }
                kept = filled - start;
                if (kept > UsageFrame.LineBytesMax)
                {
                    // No line is that long: whatever it is, it is passed over in pieces until the next line end.
                    Damaged++;
                    kept = 0;
                }
                buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
            }
            if (kept > 0) Torn++;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
