using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>A piece of JSON exactly as it came, or was made: UTF-8 text of one value. Default: no value.</summary>
readonly record struct JsonText(ReadOnlyMemory<byte> Utf8)
{
    public bool IsEmpty => Utf8.IsEmpty;

    /// <summary>The value that the reader stands on, copied.</summary>
    public static JsonText Copy(ref Utf8JsonReader reader, ReadOnlySpan<byte> document)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new(document[start..(int)reader.BytesConsumed].ToArray());
    }

    /// <summary>JSON of a text that is known to be valid.</summary>
    public static JsonText Of(string json) => new(Encoding.UTF8.GetBytes(json));

    public void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(Utf8.Span, skipInputValidation: true);

    public bool Equals(JsonText other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);
}

/// <summary>
/// A field that the model in the middle has no place for. It goes out again where the other side speaks the same dialect; elsewhere it is a loss.
/// </summary>
/// <param name="Name">Field name.</param>
/// <param name="Value">Its value.</param>
readonly record struct Extra(string Name, JsonText Value);
