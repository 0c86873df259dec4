using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Vectors as numbers and as base64 of little-endian floats, the form that OpenAI's clients ask for.</summary>
static class EmbedVectors
{
    /// <summary>Numbers as base64.</summary>
    public static JsonText ToBase64(JsonText numbers)
    {
        var bytes = new List<byte>(numbers.Utf8.Length / 2);
        var reader = new Utf8JsonReader(numbers.Utf8.Span);
        Span<byte> one = stackalloc byte[sizeof(float)];
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number) continue;
            BinaryPrimitives.WriteSingleLittleEndian(one, (float)reader.GetDouble());
            bytes.AddRange(one);
        }
        return JsonText.Of($"\"{Convert.ToBase64String([.. bytes])}\"");
    }

    /// <summary>Base64 as numbers; null when it is none.</summary>
    public static JsonText? ToNumbers(string base64)
    {
        if (!Base64.IsValid(base64, out var length) || length % sizeof(float) != 0) return null;
        var bytes = Convert.FromBase64String(base64);
        var text = new StringBuilder(bytes.Length * 3).Append('[');
        for (var at = 0; at < bytes.Length; at += sizeof(float))
        {
            var value = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at));
            if (!float.IsFinite(value)) return null;
            if (at > 0) text.Append(',');
            text.Append(value.ToString("R", CultureInfo.InvariantCulture));
        }
        return JsonText.Of(text.Append(']').ToString());
    }

    /// <summary>The arrays of an array; null when one of its items is none.</summary>
    public static List<JsonText>? ListOf(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array) return null;
        List<JsonText> vectors = [];
        foreach (var vector in array.EnumerateArray())
        {
            if (!IsVector(vector)) return null;
            vectors.Add(WireJson.Copy(vector));
        }
        return vectors;
    }

    /// <summary>Numbers, or a text.</summary>
    public static bool IsVector(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return true;
        if (value.ValueKind != JsonValueKind.Array) return false;
        foreach (var number in value.EnumerateArray())
            if (number.ValueKind != JsonValueKind.Number) return false;
        return true;
    }

    /// <summary>The vectors as numbers, whatever came; null when there are none.</summary>
    public static IReadOnlyList<JsonText>? Numbers(EmbedReply reply)
    {
        if (reply.Of("float") is { } numbers) return numbers;
        if (reply.Of("base64") is not { } texts) return null;
        List<JsonText> read = [];
        foreach (var text in texts)
        {
            if (ToNumbers(text.ToString().Trim('"')) is not { } vector) return null;
            read.Add(vector);
        }
        return read;
    }
}
