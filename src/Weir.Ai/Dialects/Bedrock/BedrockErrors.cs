using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Errors: <c>{"message"}</c>. Their type stands in the header x-amzn-ErrorType, in the body as <c>__type</c>, and in a stream in the header of an
/// exception's message.
/// </summary>
static class BedrockErrors
{
    public static LlmError Read(int status, ReadOnlyMemory<byte> body)
    {
        using var document = LooseJson.Parse(body);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } error) return ErrorText.Of(status, body.Span);
        return MessageOf(error) is null && error.TextField("__type"u8) is null
            ? ErrorText.Of(status, body.Span)
            : Of(status, error.TextField("__type"u8), MessageOf(error));
    }

    /// <summary>The error of an exception in a stream.</summary>
    public static LlmError ReadException(string type, ReadOnlySpan<byte> payload, string? headerMessage)
    {
        using var document = LooseJson.Parse(payload);
        var message = document is null ? null : MessageOf(document.RootElement) ?? document.RootElement.TextField("originalMessage"u8);
        return Of(null, type, message ?? headerMessage);
    }

    public static void Write(LlmError error, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        writer.WriteStartObject();
        writer.WriteString("__type"u8, TypeOf(error.Kind));
        WireText.Write(writer, "message"u8, error.Message);
        writer.WriteEndObject();
    }

    /// <summary>The type of an error answer, for the header x-amzn-ErrorType.</summary>
    public static string TypeOf(LlmErrorKind kind) => kind switch
    {
        LlmErrorKind.Authentication => "UnrecognizedClientException",
        LlmErrorKind.Permission => "AccessDeniedException",
        LlmErrorKind.NotFound => "ResourceNotFoundException",
        LlmErrorKind.RateLimit => "ThrottlingException",
        LlmErrorKind.Quota => "ServiceQuotaExceededException",
        LlmErrorKind.Provider => "InternalServerException",
        LlmErrorKind.Overloaded => "ServiceUnavailableException",
        LlmErrorKind.Timeout => "ModelTimeoutException",
        _ => "ValidationException",
    };

    /// <summary>The type of an exception in a stream: there are five.</summary>
    public static ReadOnlySpan<byte> ExceptionOf(LlmErrorKind kind) => kind switch
    {
        LlmErrorKind.RateLimit or LlmErrorKind.Quota => "throttlingException"u8,
        LlmErrorKind.Overloaded => "serviceUnavailableException"u8,
        LlmErrorKind.Timeout => "modelStreamErrorException"u8,
        LlmErrorKind.Provider => "internalServerException"u8,
        _ => "validationException"u8,
    };

    static string? MessageOf(JsonElement error) => error.TextField("message"u8) ?? error.TextField("Message"u8);

    static LlmError Of(int? status, string? type, string? message)
    {
        // com.amazonaws.bedrock#ThrottlingException:http://internal.amazon.com/...
        var name = type;
        if (name?.IndexOf(':') is > 0 and var colon) name = name[..colon];
        if (name?.LastIndexOf('#') is >= 0 and var hash) name = name[(hash + 1)..];
        var (known, kind) = Known(name);
        var effective = status ?? known ?? 500;
        kind ??= effective == 424 ? LlmErrorKind.Provider : LlmError.KindOf(effective);
        message ??= name ?? "the provider reports an error";
        if (kind == LlmErrorKind.InvalidRequest && IsTooLong(message)) kind = LlmErrorKind.TooLarge;
        return new LlmError(kind.Value, effective, message) { Code = name };
    }

    static (int? Status, LlmErrorKind? Kind) Known(string? name) => name?.ToLowerInvariant() switch
    {
        "validationexception" => (400, LlmErrorKind.InvalidRequest),
        "accessdeniedexception" => (403, LlmErrorKind.Permission),
        "unrecognizedclientexception" or "invalidsignatureexception" or "expiredtokenexception" or "missingauthenticationtokenexception"
            or "incompletesignatureexception" => (403, LlmErrorKind.Authentication),
        "resourcenotfoundexception" => (404, LlmErrorKind.NotFound),
        "modeltimeoutexception" => (408, LlmErrorKind.Timeout),
        "modelerrorexception" or "modelstreamerrorexception" => (424, LlmErrorKind.Provider),
        "modelnotreadyexception" => (429, LlmErrorKind.Overloaded),
        "throttlingexception" => (429, LlmErrorKind.RateLimit),
        "servicequotaexceededexception" => (400, LlmErrorKind.Quota),
        "internalserverexception" => (500, LlmErrorKind.Provider),
        "serviceunavailableexception" => (503, LlmErrorKind.Overloaded),
        _ => (null, null),
    };

    static bool IsTooLong(string message) =>
        message.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase)
        || message.Contains("Input is too long", StringComparison.OrdinalIgnoreCase)
        || message.Contains("exceed context limit", StringComparison.OrdinalIgnoreCase);
}
