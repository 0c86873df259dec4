using System.Text;
using System.Text.Json;

namespace Weir.Identity;

/// <summary>One call to a vault, and its whole answer.</summary>
static class VaultCall
{
    /// <summary>Longest answer that is read: the longest secret that any of the vaults keeps, and what is around it.</summary>
    public const int AnswerBytesMax = 2 * 1024 * 1024;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>Sends it: status and body, or why there is no answer.</summary>
    public static async ValueTask<VaultAnswer> SendAsync(IUpstreams upstreams, UpstreamMessage message)
    {
        var server = message.To.Authority;
        using var reply = await upstreams.SendAsync(message);
        if (reply.Failure != UpstreamFailure.None) return new VaultAnswer(server, 0, default, $"{server} {TokenCall.Words(reply.Failure)}");
        var (bytes, failure) = await WholeReply.ReadAsync(reply, AnswerBytesMax);
        if (bytes.Length > AnswerBytesMax) return new VaultAnswer(server, 0, default, $"{server} answered with more than {AnswerBytesMax} bytes");
        return failure == UpstreamFailure.None
            ? new VaultAnswer(server, reply.Status, bytes, null)
            : new VaultAnswer(server, 0, default, $"{server} {TokenCall.Words(failure)}");
    }

    /// <summary>A request with JSON in it.</summary>
    public static UpstreamMessage Json(Uri url, List<KeyValuePair<string, string>> headers, Action<Utf8JsonWriter> write, CancellationToken stop)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return TokenCall.Message(url, "POST", headers, body.WrittenMemory, stop);
    }

    /// <summary>A request without a body.</summary>
    public static UpstreamMessage Get(Uri url, List<KeyValuePair<string, string>> headers, CancellationToken stop) =>
        TokenCall.Message(url, "GET", headers, default, stop);

    /// <summary>The path of a name that may have several parts.</summary>
    public static string PathOf(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Reads an answer as a JSON object; null when it is none, or when <paramref name="read"/> finds text in it that is no Unicode.</summary>
    public static T? Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T?> read) where T : class
    {
        try
        {
            using var parsed = JsonDocument.Parse(body, Strict);
            return parsed.RootElement.ValueKind == JsonValueKind.Object ? read(parsed.RootElement) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The text of a field; null when it has none.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String
            ? field.GetString() : null;

    /// <summary>A field that is an object; undefined when it is none.</summary>
    public static JsonElement Object(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.Object ? field : default;

    /// <summary>Whether words of the protocol stand in a body; what else stands there is told to nobody.</summary>
    public static bool Says(ReadOnlyMemory<byte> body, string words) => body.Span.IndexOf(Encoding.UTF8.GetBytes(words)) >= 0;
}

/// <summary>What a vault answered.</summary>
/// <param name="Server">Who.</param>
/// <param name="Status">The status; 0 for no answer.</param>
/// <param name="Body">The whole body.</param>
/// <param name="Problem">Why there is no answer; null where there is one.</param>
readonly record struct VaultAnswer(string Server, int Status, ReadOnlyMemory<byte> Body, string? Problem)
{
    /// <summary>No secret, for a reason that has no name of its own.</summary>
    public Fetched Failed() => Fetched.Failed(Problem ?? Status switch
    {
        >= 300 and < 400 => $"{Server} answered with status {Status}: redirects are not followed",
        _ => $"{Server} answered with status {Status}",
    });

    public override string ToString() => $"{Server} {Status}";
}
