namespace Weir.Server;

/// <summary>What a model's name says of what it takes.</summary>
/// <param name="IsOpenAi">It is one of OpenAI's own: strict with fields.</param>
/// <param name="Reasons">It thinks before it answers.</param>
/// <param name="IsMistral">It is one of Mistral's, whose wire differs in a few words.</param>
readonly record struct OpenAiModels(bool IsOpenAi, bool Reasons, bool IsMistral)
{
    static readonly string[] s_reasoning = ["o1", "o3", "o4", "gpt-5"];
    static readonly string[] s_others = ["gpt-3", "gpt-4", "chatgpt", "text-", "dall-e", "whisper", "tts-"];
    static readonly string[] s_mistral = ["mistral", "ministral", "magistral", "codestral", "devstral", "pixtral", "open-mi"];

    public static OpenAiModels Of(string name)
    {
        var reasons = s_reasoning.Any(start => name.StartsWith(start, StringComparison.Ordinal));
        var isOpenAi = reasons || s_others.Any(start => name.StartsWith(start, StringComparison.Ordinal));
        return new(isOpenAi, reasons, s_mistral.Any(start => name.StartsWith(start, StringComparison.Ordinal)));
    }
}
