using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Perplexity: OpenAI's wire without a version in its paths.</summary>
sealed class Perplexity : Provider
{
    public override ProviderName Name => ProviderName.Perplexity;

    public override string Url(ModelOptions options) => "https://api.perplexity.ai";
}
