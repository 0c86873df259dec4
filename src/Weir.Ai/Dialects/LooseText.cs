using System.Text.Json;

namespace Weir.Ai;

/// <summary>Strings of JSON as the wires really carry them, half of a surrogate pair alone included (<see cref="WireText"/>).</summary>
static class LooseText
{
    public static JsonWriterOptions WriterOptions => WireText.Options;

    /// <summary>The string of a JSON string.</summary>
    public static string Of(JsonElement value) => WireJson.TextOf(value);

    /// <summary>Writes a string value.</summary>
    public static void Write(Utf8JsonWriter writer, string text) => WireText.Write(writer, text);

    /// <summary>Writes a string field.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        writer.WritePropertyName(name);
        WireText.Write(writer, text);
    }
}
