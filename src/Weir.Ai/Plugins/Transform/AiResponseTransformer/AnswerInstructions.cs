using System.Text;
using System.Text.Json;

namespace Weir.Ai.Plugins;

/// <summary>What a model says an answer shall be.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Headers to set.</param>
/// <param name="Body">Its body.</param>
sealed record AnswerInstructions(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Reads <c>{"status": …, "headers": {…}, "body": …}</c>; without a body all of it is the body. Null, and why, when it is none.</summary>
    public static AnswerInstructions? Read(string json, out string? problem)
    {
        problem = null;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = WireObject.DepthMax });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) problem = "it is no JSON object";
            else if (StatusOf(root) is not { } status) problem = "status must be a number from 200 to 599";
            else if (HeadersOf(root) is not { } headers) problem = "headers must be an object of texts that can stand in headers";
            else return new AnswerInstructions(status, headers, BodyOf(root));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            problem = e.Message;
        }
        return null;
    }

    /// <summary>The type that it says the body has; null where it says nothing.</summary>
    public string? ContentType => Headers.LastOrDefault(static header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;

    static int? StatusOf(JsonElement root)
    {
        if (!root.TryGetProperty("status", out var status) || status.ValueKind == JsonValueKind.Null) return 200;
        return status.ValueKind == JsonValueKind.Number && status.TryGetInt32(out var number) && number is >= 200 and <= 599 ? number : null;
    }

    static List<KeyValuePair<string, string>>? HeadersOf(JsonElement root)
    {
        List<KeyValuePair<string, string>> headers = [];
        if (!root.TryGetProperty("headers", out var given) || given.ValueKind == JsonValueKind.Null) return headers;
        if (given.ValueKind != JsonValueKind.Object) return null;
        foreach (var field in given.EnumerateObject())
        {
            var value = field.Value.ValueKind == JsonValueKind.String ? WireJson.TextOf(field.Value) : field.Value.GetRawText();
            if (!IsName(field.Name) || value.AsSpan().ContainsAnyExceptInRange(' ', '~')) return null;
            // How the body is framed is not for a model to say.
            if (field.Name.ToLowerInvariant() is "content-length" or "transfer-encoding" or "content-encoding" or "connection") continue;
            headers.Add(new(field.Name, value));
        }
        return headers;
    }

    static byte[] BodyOf(JsonElement root)
    {
        if (!root.TryGetProperty("body", out var body) || body.ValueKind == JsonValueKind.Null) body = root;
        return Encoding.UTF8.GetBytes(body.ValueKind == JsonValueKind.String ? WireJson.TextOf(body) : body.GetRawText());
    }

    static bool IsName(string name) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
