using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Weir.Gateway;

/// <summary>
/// Reads the header with which a load balancer names the client at the start of a connection: PROXY protocol versions 1 (text) and 2 (binary), after
/// haproxy's proxy-protocol.txt. A connection that does not start with one is closed.
/// </summary>
static class ProxyProtocol
{
    const int Version1BytesMax = 107;
    const int Version2HeadBytes = 16;
    const int Version2BytesMax = Version2HeadBytes + 2048;
    static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    public static void Use(ListenOptions listen) => listen.Use(next => async connection =>
    {
        if (await ReadAsync(connection)) await next(connection);
        else connection.Abort(new ConnectionAbortedException("The connection does not start with a valid PROXY protocol header."));
    });

    static async Task<bool> ReadAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            var parsed = TryParse(read.Buffer, out var consumed, out var client);
            if (parsed == OperationStatus.NeedMoreData && !read.IsCompleted)
            {
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            input.AdvanceTo(parsed == OperationStatus.Done ? consumed : read.Buffer.Start);
            if (client is not null) connection.RemoteEndPoint = client;
            return parsed == OperationStatus.Done;
        }
    }

    /// <summary>
    /// Parses a header at the start of the buffer. <paramref name="client"/> is null for local and unknown connections: the peer stays the client.
    /// </summary>
    internal static OperationStatus TryParse(in ReadOnlySequence<byte> buffer, out SequencePosition consumed, out IPEndPoint? client)
    {
        consumed = buffer.Start;
        client = null;
        Span<byte> head = stackalloc byte[Version2HeadBytes];
        var length = (int)Math.Min(buffer.Length, Version2HeadBytes);
        head = head[..length];
        buffer.Slice(0, length).CopyTo(head);
        var compared = Math.Min(length, Signature.Length);
        if (head[..compared].SequenceEqual(Signature.AsSpan(0, compared)))
            return length < Version2HeadBytes ? OperationStatus.NeedMoreData : ParseVersion2(buffer, head, out consumed, out client);
        var text = Math.Min(length, 6);
        return head[..text].SequenceEqual("PROXY "u8[..text]) ? ParseVersion1(buffer, out consumed, out client) : OperationStatus.InvalidData;
    }

    static OperationStatus ParseVersion1(in ReadOnlySequence<byte> buffer, out SequencePosition consumed, out IPEndPoint? client)
    {
        consumed = buffer.Start;
        client = null;
        var line = buffer.Slice(0, Math.Min(buffer.Length, Version1BytesMax));
        if (line.PositionOf((byte)'\n') is not { } end) return line.Length < Version1BytesMax ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
        var text = Encoding.ASCII.GetString(line.Slice(0, end));
        if (!text.EndsWith('\r')) return OperationStatus.InvalidData;
        consumed = buffer.GetPosition(1, end);
        var parts = text[..^1].Split(' ');
        if (parts is ["PROXY", "UNKNOWN", ..]) return OperationStatus.Done;
        if (parts is not ["PROXY", "TCP4" or "TCP6", var source, var destination, var sourcePort, var destinationPort]
            || !IPAddress.TryParse(source, out var address) || !IPAddress.TryParse(destination, out _)
            || !ushort.TryParse(sourcePort, out var port) || !ushort.TryParse(destinationPort, out _)) return OperationStatus.InvalidData;
        client = new IPEndPoint(address, port);
        return OperationStatus.Done;
    }

    static OperationStatus ParseVersion2(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> head, out SequencePosition consumed, out IPEndPoint? client)
    {
        consumed = buffer.Start;
        client = null;
        var (version, command, family) = (head[12] >> 4, head[12] & 0xF, head[13]);
        var total = Version2HeadBytes + BinaryPrimitives.ReadUInt16BigEndian(head[14..]);
        if (version != 2 || command > 1 || total > Version2BytesMax) return OperationStatus.InvalidData;
        if (buffer.Length < total) return OperationStatus.NeedMoreData;
        consumed = buffer.GetPosition(total);
        var addressBytes = family switch { 0x11 or 0x12 => 4, 0x21 or 0x22 => 16, _ => 0 };
        if (command == 0 || addressBytes == 0) return OperationStatus.Done;
        var needed = addressBytes * 2 + 4;
        if (total - Version2HeadBytes < needed) return OperationStatus.InvalidData;
        Span<byte> addresses = stackalloc byte[36];
        buffer.Slice(Version2HeadBytes, needed).CopyTo(addresses);
        client = new IPEndPoint(new IPAddress(addresses[..addressBytes]), BinaryPrimitives.ReadUInt16BigEndian(addresses[(addressBytes * 2)..]));
        return OperationStatus.Done;
    }
}
