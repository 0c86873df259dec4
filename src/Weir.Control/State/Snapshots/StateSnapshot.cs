using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Weir.Control;

/// <summary>
/// A state as it is kept in a snapshot. Little-endian: <c>WEIRSTAT</c>, the version of this form (4), the revision (8); for each table 1, its workspace (16),
/// the length of its kind's name (1) and the name, how many entities (8), and for each of them, by id: the id (16), the revision that wrote it (8), the
/// length of its JSON (4) and the JSON. At the end 0 and the number of all entities (8). Nothing in it needs the whole in memory.
/// </summary>
static class StateSnapshot
{
    /// <summary>Another one is passed over, and the state is folded.</summary>
    public const int Version = 1;

    public const byte TableMark = 1;
    public const byte EndMark = 0;

    const long EntityHeadBytes = StateSnapshotReader.IdBytes + sizeof(long) + sizeof(int);
    const int BufferBytes = 128 * 1024;

    public static ReadOnlySpan<byte> Magic => "WEIRSTAT"u8;

    /// <summary>Writes a state. Returns how many bytes it took.</summary>
    public static async Task<long> WriteAsync(ControlState state, Stream into, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(BufferBytes * 2);
        buffer.Write(Magic);
        Write(buffer, Version);
        Write(buffer, state.Revision);
        var (entities, bytes) = (0L, 0L);
        foreach (var (workspace, table) in state.Tables)
        {
            buffer.Write([TableMark]);
            Write(buffer, workspace);
            var name = Encoding.UTF8.GetBytes(table.Kind.Name);
            buffer.Write([(byte)name.Length]);
            buffer.Write(name);
            Write(buffer, (long)table.Count);
            foreach (var entity in table.All)
            {
                Write(buffer, entity.Id);
                Write(buffer, entity.Revision);
                Write(buffer, entity.Json.Length);
                buffer.Write(entity.Json.Span);
                entities++;
                if (buffer.WrittenCount >= BufferBytes) bytes += await FlushAsync(buffer, into, cancellation);
            }
        }
        buffer.Write([EndMark]);
        Write(buffer, entities);
        return bytes + await FlushAsync(buffer, into, cancellation);
    }

    /// <summary>About how many bytes it takes.</summary>
    public static long BytesOf(ControlState state) =>
        state.Tables.Sum(static each => each.Table.All.Sum(static entity => entity.Json.Length + EntityHeadBytes));

    static async Task<int> FlushAsync(ArrayBufferWriter<byte> buffer, Stream into, CancellationToken cancellation)
    {
        var count = buffer.WrittenCount;
        await into.WriteAsync(buffer.WrittenMemory, cancellation);
        buffer.ResetWrittenCount();
        return count;
    }

    static void Write(ArrayBufferWriter<byte> buffer, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), number);
        buffer.Advance(sizeof(int));
    }

    static void Write(ArrayBufferWriter<byte> buffer, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), number);
        buffer.Advance(sizeof(long));
    }

    static void Write(ArrayBufferWriter<byte> buffer, Guid id)
    {
        id.TryWriteBytes(buffer.GetSpan(StateSnapshotReader.IdBytes));
        buffer.Advance(StateSnapshotReader.IdBytes);
    }
}
