using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Embeddings: a vector of length one that follows from the text. Equal texts are equal; nothing else is near anything.</summary>
static class MockVector
{
    public const int DimensionsMax = 4096;

    public static float[] Of(string text, int dimensions)
    {
        var state = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var values = new float[dimensions];
        var square = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            // The linear congruence of Knuth's MMIX: spread enough for a mock, and the same everywhere.
            state = state * 6364136223846793005 + 1442695040888963407;
            values[i] = (float)((long)(state >> 11) / (double)(1L << 52) - 1);
            square += values[i] * values[i];
        }
        var length = (float)Math.Sqrt(square);
        for (var i = 0; i < dimensions; i++) values[i] /= length;
        return values;
    }

    public static JsonArray Json(string text, int dimensions) => new([.. Of(text, dimensions).Select(static value => (JsonNode)value)]);

    /// <summary>Little-endian floats in base64, as OpenAI's clients ask for.</summary>
    public static string Base64(string text, int dimensions) => Convert.ToBase64String(MemoryMarshal.AsBytes(Of(text, dimensions).AsSpan()));
}
