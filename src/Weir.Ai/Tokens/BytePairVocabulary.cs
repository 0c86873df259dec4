using System.Buffers;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Weir.Ai;

/// <summary>
/// The tokens of a byte-pair encoding by their bytes; the rank of a token is its id. One block of bytes, one of offsets and one hash table: no object per
/// token, and 4 MB for o200k_base.
/// </summary>
sealed class BytePairVocabulary
{
    const int BufferBytes = 64 * 1024;

    /// <summary>Longest token; a longer one is not read.</summary>
    const int TokenBytesMax = 256;

    readonly byte[] _bytes;
    readonly int[] _offsets;
    readonly int[] _table;

    BytePairVocabulary(byte[] bytes, int[] offsets)
    {
        (_bytes, _offsets) = (bytes, offsets);
        // Half full at most: the chain to follow is short also for what is not in the table, and most lookups are for what is not.
        _table = new int[BitOperations.RoundUpToPowerOf2((uint)Count * 2)];
        for (var rank = 0; rank < Count; rank++)
        {
            var token = Token(rank);
            var slot = Hash(token) & (_table.Length - 1);
            while (_table[slot] != 0) slot = (slot + 1) & (_table.Length - 1);
            _table[slot] = rank + 1;
            LongestBytes = Math.Max(LongestBytes, token.Length);
        }
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>Length of the longest token: no merge goes beyond it.</summary>
    public int LongestBytes { get; }

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> Token(int rank) => _bytes.AsSpan(_offsets[rank].._offsets[rank + 1]);

    /// <summary>The rank of the token with these bytes, or -1.</summary>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestBytes) return -1;
        var table = _table;
        var slot = Hash(bytes) & (table.Length - 1);
        while (table[slot] is var entry and not 0)
        {
            if (Token(entry - 1).SequenceEqual(bytes)) return entry - 1;
            slot = (slot + 1) & (table.Length - 1);
        }
        return -1;
    }

    /// <summary>Reads tokens in base64 in the order of their ranks, separated by white space; lines that begin with # are left out.</summary>
    /// <exception cref="InvalidDataException">It is not base64, a token is too long or stands twice, or one of the 256 bytes is no token.</exception>
    public static BytePairVocabulary Load(Stream stream)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(TokenBytesMax, (int)(stream.Length / 2)));
        List<int> offsets = [0];
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var kept = 0;
            while (true)
            {
                var read = stream.Read(buffer, kept, buffer.Length - kept);
                var filled = buffer.AsSpan(0, kept + read);
                // What comes after the last line end is kept for the next round; a line is far shorter than the buffer.
                var end = read == 0 ? filled.Length : filled.LastIndexOf((byte)'\n') + 1;
                if (read > 0 && end == 0 && filled.Length == buffer.Length) throw new InvalidDataException("a line of the vocabulary is too long");
                ReadLines(filled[..end], bytes, offsets);
                if (read == 0) break;
                kept = filled.Length - end;
                filled[end..].CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var vocabulary = new BytePairVocabulary(bytes.WrittenSpan.ToArray(), [.. offsets]);
        Span<byte> single = stackalloc byte[1];
        for (var value = 0; value <= byte.MaxValue; value++)
        {
            single[0] = (byte)value;
            if (vocabulary.Find(single) < 0) throw new InvalidDataException($"the vocabulary has no token for the byte {value}");
        }
        return vocabulary;
    }

    static void ReadLines(ReadOnlySpan<byte> lines, ArrayBufferWriter<byte> bytes, List<int> offsets)
    {
        foreach (var range in lines.Split((byte)'\n'))
        {
            var line = lines[range];
            if (line.StartsWith("#"u8)) continue;
            foreach (var word in line.Split((byte)' '))
            {
                var token = line[word];
                if (token.IsEmpty) continue;
                if (Base64.DecodeFromUtf8(token, bytes.GetSpan(TokenBytesMax)[..TokenBytesMax], out _, out var written) != OperationStatus.Done || written == 0)
                    throw new InvalidDataException($"token {offsets.Count - 1} of the vocabulary is not base64, or too long");
                bytes.Advance(written);
                offsets.Add(bytes.WrittenCount);
            }
        }
    }

    static int Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong factor = 0x9E3779B97F4A7C15;
        var hash = (ulong)bytes.Length * factor;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(bytes)) * factor, 29);
            bytes = bytes[sizeof(ulong)..];
        }
        var rest = 0ul;
        for (var i = 0; i < bytes.Length; i++) rest |= (ulong)bytes[i] << (8 * i);
        hash = (hash ^ rest) * factor;
        return (int)(hash >> 33);
    }
}
