namespace Weir.Ai;

/// <summary>finish_reason.</summary>
static class CohereReasons
{
    public static StopReason Read(string? word) => word switch
    {
        "COMPLETE" => StopReason.EndTurn,
        "MAX_TOKENS" => StopReason.MaxTokens,
        "STOP_SEQUENCE" => StopReason.StopSequence,
        "TOOL_CALL" => StopReason.ToolCalls,
        "ERROR_TOXIC" => StopReason.ContentFilter,
        "ERROR_LIMIT" => StopReason.ContextFull,
        _ => StopReason.Other,
    };

    /// <summary>The error that a reason stands for, or null.</summary>
    public static LlmError? Failure(string? word) => word switch
    {
        "ERROR" => new LlmError(LlmErrorKind.Provider, 502, "The provider failed while it answered.") { Code = word },
        "TIMEOUT" => new LlmError(LlmErrorKind.Timeout, 504, "The provider took too long to answer.") { Code = word },
        _ => null,
    };

    public static string Write(StopReason stop) => stop switch
    {
        StopReason.MaxTokens => "MAX_TOKENS",
        StopReason.ContextFull => "ERROR_LIMIT",
        StopReason.StopSequence => "STOP_SEQUENCE",
        StopReason.ToolCalls => "TOOL_CALL",
        // There is no word for a refusal: what looks like an answer would be taken for one.
        StopReason.ContentFilter or StopReason.Refusal => "ERROR_TOXIC",
        _ => "COMPLETE",
    };
}
