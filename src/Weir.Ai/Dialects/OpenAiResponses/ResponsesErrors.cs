using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Errors of /v1/responses: an HTTP answer's body, the error within a failed response, and the error event of a stream.</summary>
static class ResponsesErrors
{
    const int TextMax = 512;

    public static LlmError Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = WireJson.Parse(body);
            var root = document.RootElement;
            if (root.Field("error") is { } error) return Of(error, status);
            if (root.Field("message") is not null) return Of(root, status);
        }
        catch (Exception e) when (WireJson.IsBroken(e))
        {
        }
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(TextMax, body.Length)]).Trim();
        return new LlmError(LlmError.KindOf(status), status, text.Length == 0 ? $"The provider answered with status {status}." : text);
    }

    /// <summary>Reads an error object. One within a stream or a response has no status of its own: it is 0, and the code tells it.</summary>
    public static LlmError Of(JsonElement error, int status)
    {
        if (error.ValueKind == JsonValueKind.String) return new LlmError(LlmError.KindOf(status), status == 0 ? 502 : status, WireJson.TextOf(error));
        if (error.Field("error") is { ValueKind: JsonValueKind.Object } inner) error = inner;
        var code = error.TextOf("code");
        var type = error.TextOf("type");
        var (kind, meant) = KindOf(code ?? type, type, status);
        return new LlmError(kind, status == 0 ? meant : status, error.TextOf("message") ?? code ?? "The provider failed.")
        {
            Code = code ?? (type is "error" ? null : type),
            Param = error.TextOf("param"),
        };
    }

    public static void Write(LlmError error, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteText("message", error.Message);
        json.WriteText("type", Type(error));
        WriteOrNull(json, "param", error.Param);
        WriteOrNull(json, "code", error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The code of the error within a failed response: OpenAI's clients know few.</summary>
    public static string Code(LlmError error) => error.Kind switch
    {
        LlmErrorKind.RateLimit or LlmErrorKind.Quota => "rate_limit_exceeded",
        LlmErrorKind.InvalidRequest or LlmErrorKind.TooLarge or LlmErrorKind.ContentFilter => error.Code ?? "invalid_prompt",
        _ => "server_error",
    };

    public static void WriteOrNull(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null) json.WriteNull(name);
        else json.WriteText(name, text);
    }

    static (LlmErrorKind Kind, int Status) KindOf(string? code, string? type, int status) => code switch
    {
        "rate_limit_exceeded" or "rate_limit_error" => (LlmErrorKind.RateLimit, 429),
        "insufficient_quota" => (LlmErrorKind.Quota, 429),
        "context_length_exceeded" or "string_above_max_length" => (LlmErrorKind.TooLarge, 400),
        "content_filter" or "content_policy_violation" or "image_content_policy_violation" or "bio_policy" => (LlmErrorKind.ContentFilter, 400),
        "invalid_api_key" or "authentication_error" => (LlmErrorKind.Authentication, 401),
        "model_not_found" => (LlmErrorKind.NotFound, 404),
        "server_is_overloaded" or "overloaded_error" => (LlmErrorKind.Overloaded, 503),
        "vector_store_timeout" => (LlmErrorKind.Timeout, 504),
        "server_error" => (status is >= 500 ? LlmError.KindOf(status) : LlmErrorKind.Provider, 500),
        _ when status != 0 => (LlmError.KindOf(status), status),
        "invalid_prompt" => (LlmErrorKind.InvalidRequest, 400),
        _ when type is "invalid_request_error" || code?.Contains("image", StringComparison.Ordinal) == true => (LlmErrorKind.InvalidRequest, 400),
        _ => (LlmErrorKind.Provider, 502),
    };

    static string Type(LlmError error) => error.Kind switch
    {
        LlmErrorKind.Authentication => "authentication_error",
        LlmErrorKind.Permission => "permission_error",
        LlmErrorKind.RateLimit => "rate_limit_error",
        LlmErrorKind.Quota => "insufficient_quota",
        LlmErrorKind.Provider or LlmErrorKind.Overloaded or LlmErrorKind.Timeout => "server_error",
        _ => "invalid_request_error",
    };
}
