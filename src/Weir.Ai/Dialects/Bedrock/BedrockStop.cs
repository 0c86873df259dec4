namespace Weir.Ai;

/// <summary>Why an answer ended, in Bedrock's words.</summary>
static class BedrockStop
{
    public static StopReason Of(string? word) => word switch
    {
        null or "end_turn" => StopReason.EndTurn,
        "max_tokens" => StopReason.MaxTokens,
        "stop_sequence" => StopReason.StopSequence,
        "tool_use" => StopReason.ToolCalls,
        "content_filtered" or "guardrail_intervened" => StopReason.ContentFilter,
        "refusal" => StopReason.Refusal,
        "pause_turn" => StopReason.Pause,
        "model_context_window_exceeded" => StopReason.ContextFull,
        _ => StopReason.Other,
    };

    /// <param name="reason">The reason.</param>
    /// <param name="name">Bedrock's own word, where it was read; else null.</param>
    public static string WordOf(StopReason? reason, string? name) => reason switch
    {
        StopReason.MaxTokens => "max_tokens",
        StopReason.StopSequence => "stop_sequence",
        StopReason.ToolCalls => "tool_use",
        StopReason.ContentFilter => name ?? "content_filtered",
        StopReason.Refusal => name ?? "content_filtered",
        StopReason.Pause when name is not null => name,
        StopReason.ContextFull => "model_context_window_exceeded",
        StopReason.Other when name is not null => name,
        _ => "end_turn",
    };
}
