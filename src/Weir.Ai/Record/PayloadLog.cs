using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Ai.Plugins;
using Weir.Config;

namespace Weir.Ai;

/// <summary>How requests and answers of a target stand in the log: without what nobody may read there, and cut to a length. Immutable and shared.</summary>
sealed class PayloadLog
{
    /// <summary>Most characters of a text that are looked at as one when it is cut.</summary>
    const int HoldCharsMax = Recognizers.CharsMax;

    readonly PatternScanner? _scanner;

    public PayloadLog(TargetLogging logging)
    {
        BytesMax = logging.PayloadBytesMax;
        List<ScanRule> rules = [.. logging.Redact.Select(static known => Recognizers.RuleOf(known, "[REDACTED]"))];
        rules.AddRange(logging.RedactPatterns.Select(static pattern => new ScanRule(PathFormat.DotNet(pattern), "[REDACTED]")));
        if (rules.Count > 0) _scanner = new PatternScanner(rules, HoldCharsMax, static _ => true);
    }

    /// <summary>Most bytes of one payload, as it stands in the log.</summary>
    public int BytesMax { get; }

    /// <summary>A body for the log: JSON string by string, anything else as text.</summary>
    public string Body(ReadOnlySpan<byte> body, out bool isCut)
    {
        var output = new ArrayBufferWriter<byte>(Math.Min(body.Length, BytesMax) + 256);
        try
        {
            using var json = new Utf8JsonWriter(output, WireText.Options);
            isCut = Copy(body, json, output);
            json.Flush();
            return Encoding.UTF8.GetString(output.WrittenSpan[..Math.Min(output.WrittenCount, BytesMax)]);
        }
        catch (JsonException)
        {
            return Text(Encoding.UTF8.GetString(body[..Math.Min(body.Length, BytesMax + HoldCharsMax)]), body.Length > BytesMax + HoldCharsMax, out isCut);
        }
    }

    /// <summary>A text for the log.</summary>
    /// <param name="text">The text, or its beginning.</param>
    /// <param name="isBeginning">There was more of it.</param>
    /// <param name="isCut">Something is missing at its end.</param>
    public string Text(string text, bool isBeginning, out bool isCut)
    {
        var passed = Redacted(text, isBeginning);
        var isTooLong = Encoding.UTF8.GetByteCount(passed) > BytesMax;
        isCut = isBeginning || isTooLong;
        return isTooLong ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(passed).AsSpan(0, BytesMax)) : passed;
    }

    /// <summary>Copies JSON as far as there is room; true when there was more.</summary>
    bool Copy(ReadOnlySpan<byte> body, Utf8JsonWriter json, ArrayBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = WireObject.DepthMax });
        while (reader.Read())
        {
            var room = BytesMax - output.WrittenCount - json.BytesPending;
            if (room <= 0) return true;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: json.WriteStartObject(); break;
                case JsonTokenType.EndObject: json.WriteEndObject(); break;
                case JsonTokenType.StartArray: json.WriteStartArray(); break;
                case JsonTokenType.EndArray: json.WriteEndArray(); break;
                case JsonTokenType.PropertyName: json.WritePropertyName(Value(ref reader, room)); break;
                case JsonTokenType.String: json.WriteText(Value(ref reader, room)); break;
                case JsonTokenType.Number: WriteNumber(ref reader, json); break;
                default: json.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
            }
        }
        return false;
    }

    /// <summary>The string that the reader stands on; of one that is too long, its beginning.</summary>
    string Value(ref Utf8JsonReader reader, int room)
    {
        var isBeginning = reader.ValueSpan.Length > room + HoldCharsMax;
        if (!isBeginning) return Redacted(WireText.Read(ref reader)!, isBeginning: false);
        return Redacted(WireText.Unescape(reader.ValueSpan[..(room + HoldCharsMax)]), isBeginning: true);
    }

    void WriteNumber(ref Utf8JsonReader reader, Utf8JsonWriter json)
    {
        var number = Encoding.UTF8.GetString(reader.ValueSpan);
        var passed = Redacted(number, isBeginning: false);
        if (ReferenceEquals(number, passed)) json.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
        else json.WriteText(passed);
    }

    /// <summary>Of a beginning that is left out which might have become something to take out.</summary>
    string Redacted(string text, bool isBeginning)
    {
        if (_scanner?.Begin(default) is not { } scan) return text;
        return new ScannedText(scan, HoldCharsMax, isJson: false).Take(text, isEnd: !isBeginning);
    }
}
