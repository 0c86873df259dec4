using System.Buffers;

namespace Weir.Ai;

/// <summary>finishReason. The word itself travels with the reason, so that one that others fold into another comes out again unchanged.</summary>
static class GeminiReasons
{
    static readonly SearchValues<char> WordCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    public static StopReason Read(string word, bool hasCalls) => word switch
    {
        "STOP" => hasCalls ? StopReason.ToolCalls : StopReason.EndTurn,
        "MAX_TOKENS" => StopReason.MaxTokens,
        "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "MODEL_ARMOR" or "JAILBREAK"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" => StopReason.ContentFilter,
        _ => StopReason.Other,
    };

    /// <summary>The word for a reason: the provider's own where it was Gemini's, else the nearest one.</summary>
    public static string Write(StopReason stop, string? word)
    {
        if (word is { Length: > 0 } && (IsKnown(word) || (stop == StopReason.Other && IsWord(word))))
            return word;
        return stop switch
        {
            StopReason.MaxTokens or StopReason.ContextFull => "MAX_TOKENS",
            StopReason.ContentFilter or StopReason.Refusal => "SAFETY",
            StopReason.Other => "OTHER",
            _ => "STOP",
        };
    }

    /// <summary>Whether a text looks like a value of Google's enums.</summary>
    public static bool IsWord(string text) => !text.AsSpan().ContainsAnyExcept(WordCharacters);

    static bool IsKnown(string word) => word != "STOP" && Read(word, hasCalls: false) != StopReason.Other;
}
