using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Errors: <c>{"type": "error", "error": {"type", "message"}, "request_id"}</c>.</summary>
static class AnthropicErrors
{
    public static LlmError Read(int status, ReadOnlyMemory<byte> body)
    {
        using var document = LooseJson.Parse(body);
        return document?.RootElement.ObjectField("error"u8) is { } error ? Read(status, error) : ErrorText.Of(status, body.Span);
    }

    /// <summary>Reads the object of an error: in a stream it comes without a status, which its type then gives.</summary>
    /// <param name="status">Status of the answer, or null.</param>
    /// <param name="error">The object.</param>
    public static LlmError Read(int? status, JsonElement error)
    {
        var type = error.TextField("type"u8);
        var message = error.TextField("message"u8) ?? type ?? "the provider reports an error";
        var known = StatusOf(type);
        var effective = status ?? known ?? 500;
        var kind = known is { } own ? LlmError.KindOf(own) : LlmError.KindOf(effective);
        if (kind == LlmErrorKind.InvalidRequest) kind = KindOf(message);
        return new LlmError(kind, effective, message) { Code = type };
    }

    public static void Write(LlmError error, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        Write(error, writer);
    }

    public static void Write(LlmError error, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, TypeOf(error.Kind));
        WireText.Write(writer, "message"u8, error.Message);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static int? StatusOf(string? type) => type switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "api_error" => 500,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => null,
    };

    /// <summary>Two errors that come as invalid requests and are something else.</summary>
    static LlmErrorKind KindOf(string message) =>
        message.StartsWith("prompt is too long", StringComparison.OrdinalIgnoreCase)
        || message.Contains("exceed context limit", StringComparison.OrdinalIgnoreCase) ? LlmErrorKind.TooLarge
        : message.Contains("credit balance is too low", StringComparison.OrdinalIgnoreCase) ? LlmErrorKind.Quota
        : LlmErrorKind.InvalidRequest;

    static ReadOnlySpan<byte> TypeOf(LlmErrorKind kind) => kind switch
    {
        LlmErrorKind.Authentication => "authentication_error"u8,
        LlmErrorKind.Quota => "billing_error"u8,
        LlmErrorKind.Permission => "permission_error"u8,
        LlmErrorKind.NotFound => "not_found_error"u8,
        LlmErrorKind.TooLarge => "request_too_large"u8,
        LlmErrorKind.RateLimit => "rate_limit_error"u8,
        LlmErrorKind.Provider => "api_error"u8,
        LlmErrorKind.Timeout => "timeout_error"u8,
        LlmErrorKind.Overloaded => "overloaded_error"u8,
        _ => "invalid_request_error"u8,
    };
}
