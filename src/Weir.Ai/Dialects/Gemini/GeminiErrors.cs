using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Google's errors: <c>{"error": {"code", "message", "status", "details"}}</c>, at the head of an array where a JSON stream was asked for.</summary>
static class GeminiErrors
{
    const int TextMax = 512;

    public static LlmError Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = WireJson.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0) root = root[0];
            if (root.TryGet("error", out var error)) return Of(error, status);
        }
        catch (Exception e) when (WireJson.IsBroken(e))
        {
        }
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(TextMax, body.Length)]).Trim();
        return new LlmError(LlmError.KindOf(status), status, text.Length == 0 ? $"The provider answered with status {status}." : text);
    }

    /// <summary>Reads the error object; one within a stream brings its own status.</summary>
    public static LlmError Of(JsonElement error, int status)
    {
        if (error.ValueKind == JsonValueKind.String) return new LlmError(LlmError.KindOf(status), status, WireJson.TextOf(error));
        var code = (int)Math.Clamp(error.Count("code"), 0, 599);
        if (status is 0 or 200) status = code >= 400 ? code : 500;
        var word = error.Text("status");
        var message = error.Text("message") ?? word ?? $"The provider answered with status {status}.";
        return new LlmError(KindOf(status, word, message), status, message) { Code = word, Param = Field(error) };
    }

    public static void Write(LlmError error, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        WriteObject(json, error);
        json.WriteEndObject();
    }

    public static void WriteObject(Utf8JsonWriter json, LlmError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, error.Status);
        json.WriteText("message", error.Message);
        json.WriteText("status", Word(error));
        if (error.Param is { } field)
        {
            json.WriteStartArray("details"u8);
            json.WriteStartObject();
            json.WriteString("@type"u8, "type.googleapis.com/google.rpc.BadRequest"u8);
            json.WriteStartArray("fieldViolations"u8);
            json.WriteStartObject();
            json.WriteText("field", field);
            json.WriteText("description", error.Message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static LlmErrorKind KindOf(int status, string? word, string message) => word switch
    {
        // An unknown key is INVALID_ARGUMENT with status 400 at AI Studio.
        "INVALID_ARGUMENT" when message.StartsWith("API key not valid", StringComparison.Ordinal) => LlmErrorKind.Authentication,
        "INVALID_ARGUMENT" when message.Contains("exceeds the maximum number of tokens", StringComparison.Ordinal) => LlmErrorKind.TooLarge,
        "INVALID_ARGUMENT" or "FAILED_PRECONDITION" or "OUT_OF_RANGE" => LlmErrorKind.InvalidRequest,
        "UNAUTHENTICATED" => LlmErrorKind.Authentication,
        "PERMISSION_DENIED" => LlmErrorKind.Permission,
        "NOT_FOUND" => LlmErrorKind.NotFound,
        "RESOURCE_EXHAUSTED" => LlmErrorKind.RateLimit,
        "UNAVAILABLE" => LlmErrorKind.Overloaded,
        "DEADLINE_EXCEEDED" => LlmErrorKind.Timeout,
        "INTERNAL" or "UNKNOWN" => LlmErrorKind.Provider,
        _ => LlmError.KindOf(status),
    };

    static string Word(LlmError error)
    {
        if (error.Code is { Length: > 0 } code && GeminiReasons.IsWord(code)) return code;
        return error.Kind switch
        {
            LlmErrorKind.Authentication => "UNAUTHENTICATED",
            LlmErrorKind.Permission => "PERMISSION_DENIED",
            LlmErrorKind.NotFound => "NOT_FOUND",
            LlmErrorKind.RateLimit or LlmErrorKind.Quota => "RESOURCE_EXHAUSTED",
            LlmErrorKind.Provider => "INTERNAL",
            LlmErrorKind.Overloaded => "UNAVAILABLE",
            LlmErrorKind.Timeout => "DEADLINE_EXCEEDED",
            _ => "INVALID_ARGUMENT",
        };
    }

    static string? Field(JsonElement error)
    {
        if (!error.TryGet("details", out var details) || details.ValueKind != JsonValueKind.Array) return null;
        foreach (var detail in details.EnumerateArray())
            if (detail.TryGet("fieldViolations", out var fields) && fields.ValueKind == JsonValueKind.Array && fields.GetArrayLength() > 0)
                return fields[0].Text("field");
        return null;
    }
}
