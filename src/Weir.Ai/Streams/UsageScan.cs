using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Finds the usage in answers that pass through unchanged: OpenAI's (chat, completions, responses, embeddings) and Anthropic's, whole or streamed. What does
/// not hold it is only searched for the word, never parsed. One scan belongs to one answer.
/// </summary>
sealed class UsageScan
{
    /// <summary>Longest event whose usage is read; the last one of a Responses stream repeats the whole answer.</summary>
    public const int LineBytesMax = 8 * 1024 * 1024;

    static readonly NameTable<Field> Fields = new(
        ("usage", Field.Usage), ("service_tier", Field.Tier), ("message", Field.Inner), ("response", Field.Inner), ("x_groq", Field.Inner));

    readonly ArrayBufferWriter<byte> _line = new();
    UsageCounts _counts;
    bool _isTooLong;

    enum Field : byte
    {
        None,
        Usage,
        Tier,

        /// <summary>An object in which usage may stand.</summary>
        Inner,
    }

    /// <summary>What was used, as far as the answer has said; null while it has said nothing.</summary>
    public TokenUsage? Usage => _counts.IsEmpty ? null : _counts.ToUsage();

    /// <summary>The usage of a whole answer; null when it says none, or is not valid JSON.</summary>
    public static TokenUsage? OfWhole(ReadOnlySpan<byte> body)
    {
        var counts = default(UsageCounts);
        if (body.IndexOf("\"usage\""u8) >= 0) Read(body, ref counts);
        return counts.IsEmpty ? null : counts.ToUsage();
    }

    /// <summary>Takes the next bytes of a stream of server-sent events, cut anywhere.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_line.WrittenCount > 0 || _isTooLong)
        {
            var end = bytes.IndexOf((byte)'\n');
            Keep(end < 0 ? bytes : bytes[..end]);
            if (end < 0) return;
            if (!_isTooLong) ReadLine(_line.WrittenSpan);
            _line.ResetWrittenCount();
            _isTooLong = false;
            bytes = bytes[(end + 1)..];
        }
        var last = bytes.LastIndexOf((byte)'\n');
        ReadLines(bytes[..(last + 1)]);
        Keep(bytes[(last + 1)..]);
    }

    /// <summary>The bytes have ended: the last line may lack its end.</summary>
    public void End()
    {
        if (!_isTooLong) ReadLine(_line.WrittenSpan);
        _line.ResetWrittenCount();
    }

    void Keep(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty) return;
        _isTooLong |= _line.WrittenCount + piece.Length > LineBytesMax;
        if (!_isTooLong) _line.Write(piece);
    }

    /// <summary>Whole lines: those that hold the word are read.</summary>
    void ReadLines(ReadOnlySpan<byte> lines)
    {
        for (var at = lines.IndexOf("\"usage\""u8); at >= 0; at = lines.IndexOf("\"usage\""u8))
        {
            var begin = lines[..at].LastIndexOf((byte)'\n') + 1;
            var end = at + lines[at..].IndexOf((byte)'\n');
            ReadLine(lines[begin..end]);
            lines = lines[(end + 1)..];
        }
    }

    void ReadLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data:"u8) || !HoldsUsage(line)) return;
        Read(line["data:"u8.Length..].Trim(" \r"u8), ref _counts);
    }

    /// <summary>Whether an object follows the word; OpenAI sends null with all chunks but the last.</summary>
    static bool HoldsUsage(ReadOnlySpan<byte> line)
    {
        for (var at = line.IndexOf("\"usage\""u8); at >= 0; at = line.IndexOf("\"usage\""u8))
        {
            line = line[(at + "\"usage\""u8.Length)..];
            if (line.TrimStart(" \t\r\n"u8) is [(byte)':', .. var value] && value.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]) return true;
        }
        return false;
    }

    static void Read(ReadOnlySpan<byte> json, ref UsageCounts counts)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, json, ref counts, isOuter: true);
        }
        catch (JsonException)
        {
            // Not for this scan to judge: the bytes pass as they are, and what was read before stands.
        }
    }

    /// <summary>Usage stands at the top, or within message (Anthropic's first event), response (Responses) or x_groq.</summary>
    static void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref UsageCounts counts, bool isOuter)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = Fields.Find(ref reader);
            reader.Read();
            if (field == Field.Tier && reader.TokenType == JsonTokenType.String) counts.ServiceTier = WireText.Read(ref reader);
            else if (field == Field.Usage && reader.TokenType == JsonTokenType.StartObject) counts.Read(ref reader, json, null);
            else if (field == Field.Inner && isOuter && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, json, ref counts, isOuter: false);
            else reader.Skip();
        }
    }
}
