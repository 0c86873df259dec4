using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Together AI.</summary>
sealed class Together : Provider
{
    public override ProviderName Name => ProviderName.Together;

    public override string Url(ModelOptions options) => "https://api.together.xyz/v1";
}
