namespace Weir.Ai;

/// <summary>Reasons why an answer stopped, in the words of OpenAI and of compatible providers.</summary>
static class OpenAiChatStops
{
    public static StopReason Read(string? reason) => reason switch
    {
        null or "" or "stop" or "eos" or "end_turn" => StopReason.EndTurn,
        "length" or "max_tokens" => StopReason.MaxTokens,
        "tool_calls" or "function_call" or "tool_use" => StopReason.ToolCalls,
        "content_filter" => StopReason.ContentFilter,
        "stop_sequence" => StopReason.StopSequence,
        "model_length" => StopReason.ContextFull,

        // Google's compatible endpoint adds its own reason: "content_filter: SAFETY".
        _ => reason.StartsWith("content_filter", StringComparison.Ordinal) ? StopReason.ContentFilter : StopReason.Other,
    };

    /// <param name="stop">The reason.</param>
    /// <param name="name">The provider's word, for a reason of its own.</param>
    /// <param name="hasRefused">The choice holds a refusal, which says it all.</param>
    public static string Write(StopReason stop, string? name, bool hasRefused) => stop switch
    {
        StopReason.EndTurn or StopReason.StopSequence or StopReason.Pause => "stop",
        StopReason.MaxTokens or StopReason.ContextFull => "length",
        StopReason.ToolCalls => "tool_calls",
        StopReason.Refusal => hasRefused ? "stop" : "content_filter",
        StopReason.ContentFilter => "content_filter",
        _ => name ?? "stop",
    };
}
