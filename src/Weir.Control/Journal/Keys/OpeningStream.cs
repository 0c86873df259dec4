using System.Buffers.Binary;

namespace Weir.Control;

/// <summary>Reads what a <see cref="SealingStream"/> wrote.</summary>
sealed class OpeningStream(Stream from, Keyring keys, uint key, long revision) : Stream
{
    byte[] _chunk = [];
    int _read;
    int _number;
    bool _isOver;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_read == _chunk.Length)
        {
            if (_isOver || buffer.Length == 0) return 0;
            OpenChunk();
        }
        var taken = Math.Min(buffer.Length, _chunk.Length - _read);
        _chunk.AsSpan(_read, taken).CopyTo(buffer);
        _read += taken;
        return taken;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) from.Dispose();
        base.Dispose(disposing);
    }

    void OpenChunk()
    {
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        from.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length < Keyring.SealedBytes(0) || length > Keyring.SealedBytes(SealingStream.ChunkBytes)) throw Broken();
        var bytes = new byte[length];
        from.ReadExactly(bytes);
        var opened = keys.Open(key, bytes, SealingStream.Context(revision, _number, isLast: false));
        if (opened is null)
        {
            opened = keys.Open(key, bytes, SealingStream.Context(revision, _number, isLast: true));
            _isOver = true;
        }
        (_chunk, _read) = (opened ?? throw Broken(), 0);
        _number++;
    }

    JournalBrokenException Broken() =>
        new($"part {_number} of the snapshot of revision {revision} cannot be opened with key {key}: the key is another one, or the part was changed");
}
