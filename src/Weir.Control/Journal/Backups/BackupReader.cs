using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Weir.Control;

/// <summary>Reads a backup and proves it: each transaction's sum, seal and place in the chain, how many there are, the sum of all.</summary>
sealed class BackupReader(string path, Keyring? keys)
{
    const int BufferBytes = 256 * 1024;

    /// <summary>Known when everything was read.</summary>
    public BackupSummary? Summary { get; private set; }

    /// <summary>Reads everything, and proves it.</summary>
    /// <exception cref="FormatException">It is no backup, or not whole.</exception>
    /// <exception cref="JournalUnusableException">Its key is not here.</exception>
    public async Task<BackupSummary> VerifyAsync(CancellationToken cancellation)
    {
        await foreach (var _ in ReadAsync(cancellation)) { }
        return Summary!.Value;
    }

    /// <summary>The payloads from the first on.</summary>
    /// <exception cref="FormatException">It is no backup, or not whole.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new byte[BackupForm.HeadBytes];
        await FillAsync(file, bytes, cancellation);
        var key = BackupForm.ReadHead(bytes);
        sum.AppendData(bytes);
        var (head, records) = (JournalHead.None, 0L);
        while (true)
        {
            var frame = new byte[FrameHeader.Bytes];
            await FillAsync(file, frame, cancellation);
            if (frame.AsSpan().StartsWith(BackupForm.EndMagic))
            {
                await ReadEndAsync(file, frame, sum, head, records, cancellation);
                break;
            }
            var payload = await PayloadAsync(file, frame, sum, head, cancellation);
            head = new JournalHead(head.Revision + 1, SHA256.HashData(payload));
            records++;
            yield return payload;
        }
        Summary = new BackupSummary(records, head, key != Keyring.NoKey);
    }

    async Task<byte[]> PayloadAsync(FileStream file, byte[] frame, IncrementalHash sum, JournalHead head, CancellationToken cancellation)
    {
        var revision = head.Revision + 1;
        if (FrameHeader.Read(frame) is not { } header || header.Length > file.Length - file.Position) throw Damaged(revision);
        var stored = new byte[header.Length];
        await FillAsync(file, stored, cancellation);
        if (!FrameHeader.IsWhole(frame, stored)) throw Damaged(revision);
        if (header.Revision != revision) throw new FormatException($"revision {revision} is missing; {header.Revision} stands in its place");
        sum.AppendData(frame);
        sum.AppendData(stored);
        var context = new byte[Keyring.ContextBytes];
        Keyring.WriteContext(context, revision, header.Key);
        var payload = Keyring.Open(keys, header.Key, stored, context)
            ?? throw new FormatException($"revision {revision} cannot be opened with key {header.Key}: the key is another one");
        return JournalChain.Problem(head, payload) is { } problem ? throw new FormatException($"revision {revision}: {problem}") : payload;
    }

    static async Task ReadEndAsync(
        FileStream file, byte[] start, IncrementalHash sum, JournalHead head, long records, CancellationToken cancellation)
    {
        var end = new byte[BackupForm.EndBytes];
        start.CopyTo(end, 0);
        await FillAsync(file, end.AsMemory(start.Length), cancellation);
        sum.AppendData(end.AsSpan(0, BackupForm.EndSumAt));
        if (!sum.GetHashAndReset().AsSpan().SequenceEqual(end.AsSpan(BackupForm.EndSumAt))) throw new FormatException("its sum is wrong");
        var (expected, last) = BackupForm.ReadEnd(end);
        if (expected != records || last.Revision != head.Revision || !last.Hash.Span.SequenceEqual(head.Hash.Span))
            throw new FormatException($"it has {records} transactions up to revision {head.Revision}, and should have {expected} up to {last.Revision}");
        if (file.Position != file.Length) throw new FormatException($"{file.Length - file.Position} bytes stand behind its end");
    }

    static async Task FillAsync(FileStream file, Memory<byte> bytes, CancellationToken cancellation)
    {
        if (await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation) < bytes.Length)
            throw new FormatException("it ends too early: it was cut off, or is still being written");
    }

    static FormatException Damaged(long revision) => new($"revision {revision} is damaged");
}
