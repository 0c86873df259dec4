using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Fireworks AI.</summary>
sealed class Fireworks : Provider
{
    public override ProviderName Name => ProviderName.Fireworks;

    public override string Url(ModelOptions options) => "https://api.fireworks.ai/inference/v1";
}
