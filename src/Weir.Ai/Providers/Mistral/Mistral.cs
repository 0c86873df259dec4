using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Mistral AI.</summary>
sealed class Mistral : Provider
{
    public override ProviderName Name => ProviderName.Mistral;

    public override string Url(ModelOptions options) => "https://api.mistral.ai/v1";
}
