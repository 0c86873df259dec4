namespace Weir.Ai;

/// <summary>Names of what only Gemini knows: paths within requests and answers.</summary>
static class GeminiExtras
{
    public const string Config = "generationConfig.";
    public const string MimeType = "generationConfig.responseMimeType";
    public const string Thinking = "generationConfig.thinkingConfig.";
    public const string ToolConfig = "toolConfig.";
    public const string Calling = "toolConfig.functionCallingConfig.";

    /// <summary>Before a field of a candidate.</summary>
    public const string Candidate = "candidates.";

    /// <summary>Before a field of a part.</summary>
    public const string Part = "parts.";

    public const string PromptFeedback = "promptFeedback";

    /// <summary>A part that holds JSON: the response of a function.</summary>
    public const string Response = "json";
}
