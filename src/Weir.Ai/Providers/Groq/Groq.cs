using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Groq: OpenAI's wire below /openai.</summary>
sealed class Groq : Provider
{
    public override ProviderName Name => ProviderName.Groq;

    public override string Url(ModelOptions options) => "https://api.groq.com/openai/v1";
}
