using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>A field of a call's body that is the operator's: whatever the client has put there under the same name gives way.</summary>
static class BodyParameter
{
    /// <summary>Whether a field can have this name.</summary>
    public static bool CanBeNamed(string name) => name.Length > 0 && !name.AsSpan().ContainsAny('"', '\\') && !name.AsSpan().ContainsAnyInRange('\0', '\x1f');

    /// <summary>Sets the field in a JSON object or a form. Null when it is done, or why it cannot be.</summary>
    public static string? Set(CallDraft draft, string name, string value)
    {
        var type = draft.Headers.Find(static header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        if (type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)) return SetInJson(draft, name, value);
        if (MultipartForm.BoundaryOf(type) is { } boundary)
        {
            if (!MultipartForm.TrySet(draft.Body, boundary, name, value, out var changed)) return "the key is to stand in the body, which is a broken form";
            draft.Body = changed;
            return null;
        }
        return "the key is to stand in the body, which is neither JSON nor a form";
    }

    static string? SetInJson(CallDraft draft, string name, string value)
    {
        var edits = new BodyEdits();
        try
        {
            var reader = new Utf8JsonReader(draft.Body.Span, new JsonReaderOptions { MaxDepth = WireObject.DepthMax });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return "the key is to stand in the body, which is no JSON object";
            var start = (int)reader.TokenStartIndex;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(name);
                reader.Read();
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isIt) edits.Replace(new ByteRange(from, (int)reader.BytesConsumed - from), value);
            }
            if (edits.IsEmpty) edits.Insert(start, name, WireJson.Quoted(value).Utf8);
        }
        catch (JsonException)
        {
            return "the key is to stand in the body, which is not JSON";
        }
        var output = new ArrayBufferWriter<byte>(draft.Body.Length + name.Length + value.Length + 16);
        edits.Write(draft.Body.Span, output);
        draft.Body = output.WrittenMemory;
        return null;
    }
}
