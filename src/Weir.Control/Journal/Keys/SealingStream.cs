using System.Buffers.Binary;

namespace Weir.Control;

/// <summary>
/// Seals what is written to it in chunks, each with its number and whether it is the last, so that none can be left out, moved or cut off. A chunk is its
/// length (four bytes) and what <see cref="Keyring.Seal"/> makes.
/// </summary>
sealed class SealingStream(Stream into, Keyring keys, long revision) : Stream
{
    public const int ChunkBytes = 64 * 1024;

    readonly byte[] _chunk = new byte[ChunkBytes];
    readonly byte[] _sealed = new byte[sizeof(int) + Keyring.SealedBytes(ChunkBytes)];
    int _filled;
    int _number;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>What the seal of a chunk vouches for.</summary>
    public static byte[] Context(long revision, int number, bool isLast)
    {
        var context = new byte[sizeof(long) + sizeof(int) + 1];
        BinaryPrimitives.WriteInt64LittleEndian(context, revision);
        BinaryPrimitives.WriteInt32LittleEndian(context.AsSpan(sizeof(long)), number);
        context[^1] = isLast ? (byte)1 : (byte)0;
        return context;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_filled == ChunkBytes) SealChunk(isLast: false);
            var taken = Math.Min(buffer.Length, ChunkBytes - _filled);
            buffer[..taken].CopyTo(_chunk.AsSpan(_filled));
            _filled += taken;
            buffer = buffer[taken..];
        }
    }

    /// <summary>Writes the last chunk. Nothing can be written after it.</summary>
    public void Finish() => SealChunk(isLast: true);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    void SealChunk(bool isLast)
    {
        var length = Keyring.SealedBytes(_filled);
        BinaryPrimitives.WriteInt32LittleEndian(_sealed, length);
        keys.Seal(_chunk.AsSpan(0, _filled), Context(revision, _number++, isLast), _sealed.AsSpan(sizeof(int), length));
        into.Write(_sealed.AsSpan(0, sizeof(int) + length));
        _filled = 0;
    }
}
