using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Errors in OpenAI's form, and in the forms that compatible providers and the proxies before them have.</summary>
static class OpenAiErrors
{
    /// <summary>Status of an error that comes within a stream, where the provider does not say it.</summary>
    public const int StatusInStream = 502;

    /// <summary>Most that is shown of a body that is no error in JSON.</summary>
    const int TextMax = 300;

    static readonly string[] s_messageFields = ["message", "detail", "msg", "error_message", "title"];

    public static LlmError Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (Find(document.RootElement) is { } error) return Of(status, error);
        }
        catch (JsonException)
        {
            // A page of HTML, or text.
        }
        return new LlmError(LlmError.KindOf(status), status, TextOf(status, body.Span));
    }

    /// <summary>An error that stands in an answer of status 200.</summary>
    public static LlmError OfAnswer(ref Utf8JsonReader error, ReadOnlySpan<byte> document)
    {
        using var parsed = JsonDocument.Parse(Wire.Span(error, document).ToArray());
        return Of(StatusInStream, parsed.RootElement);
    }

    public static void Write(LlmError error, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        json.WritePropertyName("error");
        WriteValue(error, json);
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>Writes the value of the field <c>error</c>.</summary>
    public static void WriteValue(LlmError error, Utf8JsonWriter json)
    {
        var (type, code) = WordsOf(error.Kind);
        json.WriteStartObject();
        WireText.Write(json, "message", error.Message);
        json.WriteString("type", type);
        json.WriteString("param", error.Param);
        json.WriteString("code", error.Code ?? code);
        json.WriteEndObject();
    }

    /// <summary>The object or text that says what went wrong: <c>{"error": …}</c>, <c>[{"error": …}]</c>, or the whole body.</summary>
    static JsonElement? Find(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0) return Find(root[0]);
        if (root.ValueKind == JsonValueKind.String) return root;
        if (root.ValueKind != JsonValueKind.Object) return null;
        return root.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String ? error : root;
    }

    static LlmError Of(int status, JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.String) return new LlmError(LlmError.KindOf(status), status, WireObject.TextOf(error));
        if (error.ValueKind != JsonValueKind.Object) return new LlmError(LlmError.KindOf(status), status, DefaultMessage(status));
        var type = Text(error, "type");
        var code = Text(error, "code");
        if (status == StatusInStream && StatusOf(error) is { } said) status = said;
        var message = MessageOf(error) ?? DefaultMessage(status);
        var kind = KindOf(status, type, code, message);
        if (status == StatusInStream) status = StatusOf(kind);
        return new LlmError(kind, status, message) { Code = code ?? type, Param = Text(error, "param") };
    }

    static string? MessageOf(JsonElement error)
    {
        foreach (var field in s_messageFields)
        {
            if (!error.TryGetProperty(field, out var value)) continue;
            if (value.ValueKind == JsonValueKind.String) return WireObject.TextOf(value);
            if (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object) return value.GetRawText();
        }
        return null;
    }

    /// <summary>The status that an error within a stream names: OpenRouter in code, Groq in status_code.</summary>
    static int? StatusOf(JsonElement error)
    {
        foreach (var field in (ReadOnlySpan<string>)["status_code", "status", "code"])
        {
            if (!error.TryGetProperty(field, out var value) || value.ValueKind != JsonValueKind.Number) continue;
            if (value.TryGetInt32(out var status) && status is >= 400 and < 600) return status;
        }
        return null;
    }

    static int StatusOf(LlmErrorKind kind) => kind switch
    {
        LlmErrorKind.InvalidRequest or LlmErrorKind.ContentFilter or LlmErrorKind.TooLarge => 400,
        LlmErrorKind.Authentication => 401,
        LlmErrorKind.Permission => 403,
        LlmErrorKind.NotFound => 404,
        LlmErrorKind.RateLimit or LlmErrorKind.Quota => 429,
        LlmErrorKind.Overloaded => 503,
        LlmErrorKind.Timeout => 504,
        _ => StatusInStream,
    };

    static LlmErrorKind KindOf(int status, string? type, string? code, string message) => (code ?? type) switch
    {
        "context_length_exceeded" or "string_above_max_length" or "request_too_large" => LlmErrorKind.TooLarge,
        "insufficient_quota" or "billing_hard_limit_reached" or "insufficient_balance" => LlmErrorKind.Quota,
        "content_filter" or "content_policy_violation" or "ResponsibleAIPolicyViolation" or "moderation_blocked" => LlmErrorKind.ContentFilter,
        "invalid_api_key" => LlmErrorKind.Authentication,
        "model_not_found" or "DeploymentNotFound" => LlmErrorKind.NotFound,
        "rate_limit_exceeded" => LlmErrorKind.RateLimit,
        _ when status == StatusInStream && type is "invalid_request_error" => LlmErrorKind.InvalidRequest,
        _ when type is "insufficient_quota" => LlmErrorKind.Quota,
        _ when status == 400 && message.Contains("context length", StringComparison.OrdinalIgnoreCase) => LlmErrorKind.TooLarge,
        _ => LlmError.KindOf(status),
    };

    /// <summary>OpenAI's own type and code. Its rate limits are of type "requests" or "tokens"; SDKs go by the status.</summary>
    static (string Type, string? Code) WordsOf(LlmErrorKind kind) => kind switch
    {
        LlmErrorKind.Authentication => ("invalid_request_error", "invalid_api_key"),
        LlmErrorKind.Permission => ("permission_error", null),
        LlmErrorKind.NotFound => ("invalid_request_error", "model_not_found"),
        LlmErrorKind.TooLarge => ("invalid_request_error", "context_length_exceeded"),
        LlmErrorKind.RateLimit => ("requests", "rate_limit_exceeded"),
        LlmErrorKind.Quota => ("insufficient_quota", "insufficient_quota"),
        LlmErrorKind.ContentFilter => ("invalid_request_error", "content_filter"),
        LlmErrorKind.Provider => ("server_error", null),
        LlmErrorKind.Overloaded => ("server_error", "server_overloaded"),
        LlmErrorKind.Timeout => ("server_error", "timeout"),
        _ => ("invalid_request_error", null),
    };

    static string? Text(JsonElement error, string field) => error.TryGetProperty(field, out var value) switch
    {
        true when value.ValueKind == JsonValueKind.String => WireObject.TextOf(value),
        true when value.ValueKind == JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    static string TextOf(int status, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Length > TextMax * 4 ? body[..(TextMax * 4)] : body).Trim();
        if (text.Length == 0 || text[0] == '<') return DefaultMessage(status);
        return text.Length > TextMax ? text[..TextMax] : text;
    }

    static string DefaultMessage(int status) => $"the provider answered with status {status}";
}
