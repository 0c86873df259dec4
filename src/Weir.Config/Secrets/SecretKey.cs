using System.Text.Json;

namespace Weir.Config;

/// <summary>Takes one value out of a secret that is a JSON object.</summary>
static class SecretKey
{
    public static (string? Value, string Problem) Take(string json, string key)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object || !parsed.RootElement.TryGetProperty(key, out var value))
                return (null, $"the secret is not a JSON object with the key '{key}'");
            return value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
                ? (value.ToString(), "")
                : (null, $"the key '{key}' holds neither text nor number");
        }
        // The latter: text that is no valid UTF-16 once its escapes are undone.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return (null, "a key was asked for, but the secret is not JSON");
        }
    }
}
