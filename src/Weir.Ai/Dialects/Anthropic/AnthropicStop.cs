namespace Weir.Ai;

/// <summary>Why an answer ended, in Anthropic's words.</summary>
static class AnthropicStop
{
    public static StopReason Of(string? word) => word switch
    {
        null or "end_turn" => StopReason.EndTurn,
        "max_tokens" => StopReason.MaxTokens,
        "stop_sequence" => StopReason.StopSequence,
        "tool_use" => StopReason.ToolCalls,
        "pause_turn" => StopReason.Pause,
        "refusal" => StopReason.Refusal,
        "model_context_window_exceeded" => StopReason.ContextFull,
        _ => StopReason.Other,
    };

    /// <param name="reason">The reason.</param>
    /// <param name="name">The provider's own word for <see cref="StopReason.Other"/>, where it is Anthropic's; else null.</param>
    public static string WordOf(StopReason? reason, string? name) => reason switch
    {
        StopReason.MaxTokens => "max_tokens",
        StopReason.StopSequence => "stop_sequence",
        StopReason.ToolCalls => "tool_use",
        StopReason.Pause => "pause_turn",
        StopReason.Refusal or StopReason.ContentFilter => "refusal",
        StopReason.ContextFull => "model_context_window_exceeded",
        StopReason.Other when name is not null => name,
        _ => "end_turn",
    };
}
