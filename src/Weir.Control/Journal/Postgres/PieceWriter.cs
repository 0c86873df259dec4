using System.Security.Cryptography;
using Npgsql;

namespace Weir.Control;

/// <summary>Writes a stream into rows of one piece each.</summary>
sealed class PieceWriter(NpgsqlDataSource source, Guid snapshot) : Stream
{
    public const int PieceBytes = 1 << 20;

    readonly IncrementalHash _sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] _piece = new byte[PieceBytes];
    int _filled;
    int _number;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Writes what is left. How many pieces there are, and the SHA-256 of all of them.</summary>
    public async Task<(int Pieces, byte[] Sum)> FinishAsync(CancellationToken cancellation)
    {
        if (_filled > 0) await SendAsync(cancellation);
        return (_number, _sum.GetHashAndReset());
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            buffer = buffer[Take(buffer.Span)..];
            if (_filled == PieceBytes) await SendAsync(cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            buffer = buffer[Take(buffer)..];
            if (_filled < PieceBytes) continue;
            using var command = CommandFor();
            command.ExecuteNonQuery();
            Sent();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _sum.Dispose();
        base.Dispose(disposing);
    }

    int Take(ReadOnlySpan<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, PieceBytes - _filled);
        buffer[..taken].CopyTo(_piece.AsSpan(_filled));
        _filled += taken;
        return taken;
    }

    async Task SendAsync(CancellationToken cancellation)
    {
        await using var command = CommandFor();
        await command.ExecuteNonQueryAsync(cancellation);
        Sent();
    }

    void Sent()
    {
        _sum.AppendData(_piece, 0, _filled);
        _filled = 0;
        _number++;
    }

    NpgsqlCommand CommandFor()
    {
        var command = source.CreateCommand("INSERT INTO weir_journal.snapshot_piece (snapshot, number, content) VALUES ($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = snapshot });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _number });
        command.Parameters.Add(new NpgsqlParameter<ArraySegment<byte>> { TypedValue = new ArraySegment<byte>(_piece, 0, _filled) });
        return command;
    }
}
