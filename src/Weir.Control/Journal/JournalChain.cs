using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Control;

/// <summary>
/// Every payload begins with the hash of the one before it. Whoever reads records in order proves with the last hash that none was changed, left out or added.
/// </summary>
static class JournalChain
{
    const int HashDigits = JournalHead.HashBytes * 2;

    static ReadOnlySpan<byte> Name => "previous"u8;

    /// <summary>The record of a payload that follows a head; a problem in words when it does not follow.</summary>
    public static (JournalRecord Record, string? Problem) Follow(JournalHead head, ReadOnlyMemory<byte> payload)
    {
        var record = new JournalRecord(head.Revision + 1, payload, SHA256.HashData(payload.Span));
        return (record, Problem(head, payload.Span));
    }

    /// <summary>Why a payload does not follow a head; null when it does.</summary>
    public static string? Problem(JournalHead head, ReadOnlySpan<byte> payload)
    {
        Span<byte> previous = stackalloc byte[JournalHead.HashBytes];
        if (!TryReadPrevious(payload, previous)) return $"expected JSON that begins with \"previous\": \"{HashDigits} hexadecimal digits\"";
        return previous.SequenceEqual(head.Hash.Span) ? null
            : $"the chain does not hold: the payload follows {Convert.ToHexStringLower(previous)}, and the one before it has {head.HashText}";
    }

    /// <summary>The hash that a payload begins with; false when it begins otherwise.</summary>
    public static bool TryReadPrevious(ReadOnlySpan<byte> payload, Span<byte> previous)
    {
        var json = new Utf8JsonReader(payload, isFinalBlock: false, default);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            if (!json.Read() || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals(Name)) return false;
            if (!json.Read() || json.TokenType != JsonTokenType.String || json.ValueSpan.Length != HashDigits) return false;
        }
        catch (JsonException)
        {
            return false;
        }
        return Encoding.ASCII.GetString(json.ValueSpan) is var digits
            && Convert.FromHexString(digits, previous, out _, out var written) == System.Buffers.OperationStatus.Done && written == previous.Length;
    }
}
