using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Scans the strings of JSON, each as a text of its own.</summary>
static class ScannedJson
{
    /// <summary>The JSON with what was replaced, or null when nothing was; and the error that ends the call.</summary>
    /// <param name="json">One value.</param>
    /// <param name="scanner">What looks at it.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="fields">Fields of an object that hold text; null when all do.</param>
    public static (JsonText? Json, LlmError? Stop) Scan(JsonText json, TextScanner scanner, TextPlace place, IReadOnlyCollection<string>? fields = null)
    {
        try
        {
            using var document = WireJson.Parse(json.Utf8);
            var walk = new Walk(scanner, place);
            var output = new ArrayBufferWriter<byte>(json.Utf8.Length);
            using (var writer = new Utf8JsonWriter(output, WireText.Options)) walk.Write(document.RootElement, writer, fields);
            return (walk.IsEdited ? new JsonText(output.WrittenMemory) : null, walk.Stop);
        }
        catch (Exception e) when (WireJson.IsBroken(e))
        {
            return (null, null);
        }
    }

    /// <summary>A whole text through a scanner.</summary>
    public static (string Text, LlmError? Stop) Scan(string text, TextScanner scanner, TextPlace place, bool isJson = false)
    {
        if (scanner.Begin(place) is not { } scan) return (text, null);
        var scanned = new ScannedText(scan, scanner.HoldCharsMax, isJson);
        var passed = scanned.Take(text, isEnd: true);
        return (passed, scanned.Stop);
    }

    sealed class Walk(TextScanner scanner, TextPlace place)
    {
        public bool IsEdited { get; private set; }

        public LlmError? Stop { get; private set; }

        public void Write(JsonElement value, Utf8JsonWriter json, IReadOnlyCollection<string>? fields = null)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    json.WriteStartObject();
                    foreach (var field in value.EnumerateObject())
                    {
                        json.WritePropertyName(field.Name);
                        if (fields?.Contains(field.Name) ?? true) Write(field.Value, json);
                        else json.WriteJson(field.Value);
                    }
                    json.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    json.WriteStartArray();
                    foreach (var item in value.EnumerateArray()) Write(item, json);
                    json.WriteEndArray();
                    break;
                case JsonValueKind.String:
                    WriteText(value, json);
                    break;
                default:
                    json.WriteJson(value);
                    break;
            }
        }

        void WriteText(JsonElement value, Utf8JsonWriter json)
        {
            var text = WireJson.TextOf(value);
            var (passed, stop) = Stop is null ? Scan(text, scanner, place) : (text, null);
            Stop ??= stop;
            if (ReferenceEquals(text, passed))
            {
                json.WriteJson(value);
                return;
            }
            IsEdited = true;
            json.WriteText(passed);
        }
    }
}
