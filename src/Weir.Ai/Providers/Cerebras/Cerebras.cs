using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Cerebras.</summary>
sealed class Cerebras : Provider
{
    public override ProviderName Name => ProviderName.Cerebras;

    public override string Url(ModelOptions options) => "https://api.cerebras.ai/v1";
}
