using Npgsql;

namespace Weir.Control;

/// <summary>Reads what a <see cref="PieceWriter"/> wrote, a piece at a time.</summary>
sealed class PieceReader(NpgsqlDataSource source, Guid snapshot, int pieces) : Stream
{
    byte[] _piece = [];
    int _read;
    int _number;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read == _piece.Length && _number < pieces)
        {
            await using var command = CommandFor();
            Take(await command.ExecuteScalarAsync(cancellationToken));
        }
        return Give(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        if (_read == _piece.Length && _number < pieces)
        {
            using var command = CommandFor();
            Take(command.ExecuteScalar());
        }
        return Give(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    void Take(object? content)
    {
        // Another node may have dropped the snapshot for newer ones.
        if (content is not byte[] { Length: > 0 } piece) throw new EndOfStreamException($"piece {_number} of the snapshot is not there");
        (_piece, _read) = (piece, 0);
        _number++;
    }

    int Give(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _piece.Length - _read);
        _piece.AsSpan(_read, taken).CopyTo(buffer);
        _read += taken;
        return taken;
    }

    NpgsqlCommand CommandFor()
    {
        var command = source.CreateCommand("SELECT content FROM weir_journal.snapshot_piece WHERE snapshot = $1 AND number = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = snapshot });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _number });
        return command;
    }
}
