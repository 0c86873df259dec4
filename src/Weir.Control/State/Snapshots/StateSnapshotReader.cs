using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Weir.Control;

/// <summary>Reads what <see cref="StateSnapshot"/> wrote.</summary>
sealed class StateSnapshotReader(Stream from)
{
    public const int IdBytes = 16;

    /// <summary>The JSON of small entities stands together in blocks: a million arrays would cost more than what is in them.</summary>
    const int BlockBytes = 64 * 1024;

    /// <summary>Larger ones have an array of their own.</summary>
    const int SmallBytes = 4 * 1024;

    const int BufferBytes = 128 * 1024;

    readonly byte[] _buffer = new byte[BufferBytes];
    byte[] _block = [];
    int _blockUsed;
    int _at;
    int _end;

    /// <summary>The state of a snapshot.</summary>
    /// <exception cref="InvalidDataException">It has another form, or is damaged.</exception>
    /// <exception cref="IOException">It cannot be read to its end.</exception>
    public static Task<ControlState> ReadAsync(JournalSnapshot snapshot, CancellationToken cancellation)
    {
        var reader = new StateSnapshotReader(snapshot.Content);
        // Its content is read without waiting for each piece: there are millions.
        return Task.Run(() => reader.ReadAsync(new JournalHead(snapshot.Revision, snapshot.Hash), cancellation), cancellation);
    }

    async Task<ControlState> ReadAsync(JournalHead head, CancellationToken cancellation)
    {
        ReadHead(head);
        List<(Guid Workspace, Task<EntityTable> Table)> tables = [];
        var entities = 0L;
        while (NextKind(out var workspace, out var kind))
        {
            cancellation.ThrowIfCancellationRequested();
            var read = ReadEntities(kind);
            entities += read.Count;
            // The next one is read while this one is put in order.
            tables.Add((workspace, Task.Run(() => Table(kind, read), cancellation)));
        }
        await Task.WhenAll(tables.Select(static each => each.Table));
        if (Int64() != entities) throw new InvalidDataException("entities are missing");
        List<(Guid, EntityTable)> made = [];
        foreach (var (workspace, table) in tables) made.Add((workspace, await table));
        return ControlState.Of(head, made);
    }

    void ReadHead(JournalHead head)
    {
        if (!Take(StateSnapshot.Magic.Length).SequenceEqual(StateSnapshot.Magic)) throw new InvalidDataException("it is no snapshot of a state");
        if (Int32() is var version && version != StateSnapshot.Version)
            throw new InvalidDataException($"it has form {version}, and this program reads form {StateSnapshot.Version}");
        if (Int64() is var revision && revision != head.Revision) throw new InvalidDataException($"it says that it is of revision {revision}");
    }

    bool NextKind(out Guid workspace, [NotNullWhen(true)] out ControlKind? kind)
    {
        (workspace, kind) = (default, null);
        var mark = Take(1)[0];
        if (mark == StateSnapshot.EndMark) return false;
        if (mark != StateSnapshot.TableMark) throw new InvalidDataException("a table was expected");
        workspace = new Guid(Take(IdBytes));
        var name = Encoding.UTF8.GetString(Take(Take(1)[0]));
        kind = ControlKinds.Named(name) ?? throw new InvalidDataException($"there is no kind '{name}'");
        return true;
    }

    List<Stored> ReadEntities(ControlKind kind)
    {
        var count = Int64();
        if (count is < 0 or > int.MaxValue) throw new InvalidDataException($"{count} entities of {kind.Name}");
        // What a damaged number says is not allocated before it is there.
        var entities = new List<Stored>((int)Math.Min(count, BufferBytes));
        for (var i = 0L; i < count; i++)
        {
            var id = new Guid(Take(IdBytes));
            var revision = Int64();
            if (i > 0 && entities[^1].Id.CompareTo(id) >= 0) throw new InvalidDataException($"{kind.Name} are out of order");
            entities.Add(new Stored(kind, id, Json(Int32()), revision));
        }
        return entities;
    }

    static EntityTable Table(ControlKind kind, List<Stored> entities)
    {
        try
        {
            return EntityTable.Of(kind, entities);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{kind.Name}: {broken.Message}", broken);
        }
    }

    ReadOnlyMemory<byte> Json(int length)
    {
        if (length is < 2 or > FrameHeader.PayloadBytesMax) throw new InvalidDataException($"an entity of {length} bytes");
        Memory<byte> json;
        if (length > SmallBytes) json = new byte[length];
        else
        {
            if (_block.Length - _blockUsed < length) (_block, _blockUsed) = (new byte[BlockBytes], 0);
            json = _block.AsMemory(_blockUsed, length);
            _blockUsed += length;
        }
        CopyTo(json.Span);
        return json;
    }

    int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    void CopyTo(Span<byte> into)
    {
        var buffered = Math.Min(into.Length, _end - _at);
        _buffer.AsSpan(_at, buffered).CopyTo(into);
        _at += buffered;
        if (buffered < into.Length) from.ReadExactly(into[buffered..]);
    }

    /// <summary>A few bytes, good until the next call.</summary>
    ReadOnlySpan<byte> Take(int length)
    {
        if (_end - _at < length)
        {
            _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
            (_end, _at) = (_end - _at, 0);
            _end += from.ReadAtLeast(_buffer.AsSpan(_end), length - _end);
        }
        _at += length;
        return _buffer.AsSpan(_at - length, length);
    }
}
