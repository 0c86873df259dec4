using System.Text.Json;

namespace Weir.Ai;

/// <summary>Walking through JSON without a tree. A copy of a reader is a bookmark: values are passed over first, and read later from their bookmarks.</summary>
static class Wire
{
    /// <summary>From a field's name to behind its value; returns a bookmark on the value.</summary>
    public static Utf8JsonReader Take(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        var value = reader;
        reader.Skip();
        return value;
    }

    /// <summary>The JSON of the value that the bookmark stands on.</summary>
    public static ReadOnlySpan<byte> Span(Utf8JsonReader value, ReadOnlySpan<byte> document)
    {
        var start = (int)value.TokenStartIndex;
        value.Skip();
        return document[start..(int)value.BytesConsumed];
    }

    /// <summary>A bookmark on the value of a field of the object that the bookmark stands on; on nothing when it has none.</summary>
    public static Utf8JsonReader Find(Utf8JsonReader value, ReadOnlySpan<byte> name)
    {
        if (value.TokenType != JsonTokenType.StartObject) return default;
        while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = value.ValueTextEquals(name);
            var found = Take(ref value);
            if (isIt) return found;
        }
        return default;
    }

    /// <summary>The text of a field of the object that the bookmark stands on, or null.</summary>
    public static string? FindText(Utf8JsonReader value, ReadOnlySpan<byte> name)
    {
        var found = Find(value, name);
        return WireText.Read(ref found);
    }

    public static bool IsEmptyArray(Utf8JsonReader value) =>
        value.TokenType == JsonTokenType.StartArray && value.Read() && value.TokenType == JsonTokenType.EndArray;

    /// <summary>A whole number, rounded if it is none; 0 for what is no number.</summary>
    public static long Number(ref Utf8JsonReader value)
    {
        if (value.TokenType != JsonTokenType.Number) return 0;
        if (value.TryGetInt64(out var whole)) return whole;
        return value.TryGetDouble(out var number) && Math.Abs(number) < long.MaxValue ? (long)number : 0;
    }
}
