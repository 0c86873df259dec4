using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Telemetry;

/// <summary>
/// A record as a line of a segment: the CRC-32C of the JSON in eight hexadecimal digits, a space, the JSON, a line end. JSON has no line ends of its own, so a
/// reader finds the next line behind a damaged one, and people can read the file with grep and jq.
/// </summary>
static class UsageFrame
{
    /// <summary>Longest line; what a request brings along must not grow the ledger without bound.</summary>
    public const int LineBytesMax = 64 * 1024;

    const int CrcDigits = 8;
    const int Head = CrcDigits + 1;

    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? _writers;

    /// <summary>The line of a record. The span holds until the next call on this thread.</summary>
    /// <exception cref="ArgumentException">The line would be longer than <see cref="LineBytesMax"/>.</exception>
    public static ReadOnlySpan<byte> Write(UsageRecord record)
    {
        var (buffer, json) = _writers ??= Create();
        buffer.ResetWrittenCount();
        buffer.GetSpan(Head)[..Head].Fill((byte)' ');
        buffer.Advance(Head);
        json.Reset(buffer);
        JsonSerializer.Serialize(json, record, UsageJson.Default.UsageRecord);
        json.Flush();
        if (buffer.WrittenCount >= LineBytesMax)
            throw new ArgumentException($"The usage record of request {record.RequestId} takes more than {LineBytesMax} bytes.", nameof(record));
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        var line = MemoryMarshal.AsMemory(buffer.WrittenMemory).Span;
        Utf8Formatter.TryFormat(Crc32C.Of(line[Head..^1]), line, out _, new StandardFormat('x', CrcDigits));
        return line;
    }

    /// <summary>Reads a line without its line end; null for one that is damaged.</summary>
    public static UsageRecord? Read(ReadOnlySpan<byte> line)
    {
        if (line.Length <= Head || line[CrcDigits] != ' ') return null;
        if (!Utf8Parser.TryParse(line[..CrcDigits], out uint crc, out var read, 'x') || read != CrcDigits || crc != Crc32C.Of(line[Head..])) return null;
        try
        {
            return JsonSerializer.Deserialize(line[Head..], UsageJson.Default.UsageRecord);
        }
        catch (JsonException)
        {
            // The sum is right and the record is not one of this version.
            return null;
        }
    }

    static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json) Create()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    }
}
