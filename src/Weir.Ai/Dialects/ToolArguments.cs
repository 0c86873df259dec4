using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Calls of tools for wires whose arguments are an object and whose ids have few characters; in others both are free text.</summary>
static class ToolArguments
{
    /// <summary>
    /// Writes arguments as an object. None is the empty object; text that is no object, which a model may well write, is wrapped in one, so that the model
    /// sees what it wrote.
    /// </summary>
    /// <param name="writer">Stands where the value goes.</param>
    /// <param name="arguments">What the model wrote.</param>
    /// <param name="takesAny">Any value of JSON is written as it is, not objects alone.</param>
    public static void WriteObject(Utf8JsonWriter writer, string arguments, bool takesAny = false)
    {
        var utf8 = Encoding.UTF8.GetBytes(arguments);
        using var document = LooseJson.Parse(utf8.AsMemory());
        if (document is not null && (takesAny || document.RootElement.ValueKind == JsonValueKind.Object))
        {
            writer.WriteRawValue(utf8, skipInputValidation: true);
            return;
        }
        writer.WriteStartObject();
        if (!string.IsNullOrWhiteSpace(arguments)) WireText.Write(writer, "arguments"u8, arguments);
        writer.WriteEndObject();
    }

    /// <summary>An id of letters, digits, underscore and hyphen: other characters are replaced, the same way for the call and its result.</summary>
    public static string SafeId(string id) =>
        id.AsSpan().ContainsAnyExcept(IdCharacters)
            ? string.Create(id.Length, id, static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++) to[i] = IdCharacters.Contains(from[i]) ? from[i] : '_';
            })
            : id.Length == 0 ? "call" : id;

    static readonly System.Buffers.SearchValues<char> IdCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
}
