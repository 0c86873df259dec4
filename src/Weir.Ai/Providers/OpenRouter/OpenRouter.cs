using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>OpenRouter.</summary>
sealed class OpenRouter : Provider
{
    public override ProviderName Name => ProviderName.OpenRouter;

    public override string Url(ModelOptions options) => "https://openrouter.ai/api/v1";
}
