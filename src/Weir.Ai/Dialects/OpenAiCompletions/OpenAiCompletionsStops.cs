namespace Weir.Ai;

/// <summary>Why a legacy completion stopped: it knows three reasons.</summary>
static class OpenAiCompletionsStops
{
    public static string Write(StopReason stop) => stop switch
    {
        StopReason.MaxTokens or StopReason.ContextFull => "length",
        StopReason.ContentFilter or StopReason.Refusal => "content_filter",
        _ => "stop",
    };
}
