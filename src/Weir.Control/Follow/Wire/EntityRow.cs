using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Weir.Control;

/// <summary>
/// One entity of an update: length of the rest (4), workspace (16), id (16), length of the kind's name (1), the name, length of the entity (4; -1: it is
/// deleted), the entity as JSON. What a later version appends to a row is passed over.
/// </summary>
readonly record struct EntityRow(Guid Workspace, ControlKind Kind, Guid Id, ReadOnlyMemory<byte>? Json)
{
    const int GuidBytes = 16;
    const int Deleted = -1;
    const int DepthMax = 64;

    public void Write(IBufferWriter<byte> into)
    {
        var name = Encoding.UTF8.GetBytes(Kind.Name);
        var length = (2 * GuidBytes) + 1 + name.Length + sizeof(int) + (Json?.Length ?? 0);
        var row = into.GetSpan(sizeof(int) + length);
        BinaryPrimitives.WriteInt32LittleEndian(row, length);
        var rest = row[sizeof(int)..];
        Workspace.TryWriteBytes(rest);
        Id.TryWriteBytes(rest[GuidBytes..]);
        rest = rest[(2 * GuidBytes)..];
        rest[0] = (byte)name.Length;
        name.CopyTo(rest[1..]);
        rest = rest[(1 + name.Length)..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, Json?.Length ?? Deleted);
        if (Json is { } json) json.Span.CopyTo(rest[sizeof(int)..]);
        into.Advance(sizeof(int) + length);
    }

    /// <summary>The rows of a frame.</summary>
    /// <exception cref="StreamBrokenException">They are none, or of what a gateway does not take.</exception>
    public static List<EntityRow> ReadAll(ReadOnlyMemory<byte> content)
    {
        List<EntityRow> rows = [];
        while (content.Length > 0)
        {
            if (content.Length < sizeof(int)) throw Broken();
            var length = BinaryPrimitives.ReadInt32LittleEndian(content.Span);
            if (length < 0 || length > content.Length - sizeof(int)) throw Broken();
            rows.Add(Read(content.Slice(sizeof(int), length)));
            content = content[(sizeof(int) + length)..];
        }
        return rows;
    }

    static EntityRow Read(ReadOnlyMemory<byte> row)
    {
        var bytes = row.Span;
        if (bytes.Length < (2 * GuidBytes) + 1) throw Broken();
        var (workspace, id) = (new Guid(bytes[..GuidBytes]), new Guid(bytes.Slice(GuidBytes, GuidBytes)));
        var at = 2 * GuidBytes;
        var nameLength = bytes[at++];
        if (bytes.Length < at + nameLength + sizeof(int)) throw Broken();
        var name = Encoding.UTF8.GetString(bytes.Slice(at, nameLength));
        at += nameLength;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        at += sizeof(int);
        if (ControlKinds.Named(name) is not { } kind || !FollowKinds.IsSent(kind))
            throw new StreamBrokenException($"the update has entities of a kind that gateways do not take: '{name}'");
        if (length == Deleted) return new EntityRow(workspace, kind, id, null);
        if (length < 0 || length > bytes.Length - at) throw Broken();
        // A copy: an entity that stays for long must not keep the whole frame.
        var json = bytes.Slice(at, length).ToArray();
        CheckRecord(json, kind, id);
        return new EntityRow(workspace, kind, id, json);
    }

    static void CheckRecord(byte[] json, ControlKind kind, Guid id)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new StreamBrokenException($"{kind.Singular} {id} is no record");
            while (reader.Read())
                // Escapes are read only when somebody asks for the text.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new StreamBrokenException($"{kind.Singular} {id} is no JSON: {broken.Message}");
        }
    }

    static StreamBrokenException Broken() => new("the rows of an update are cut off");
}
