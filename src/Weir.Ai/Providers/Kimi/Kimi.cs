using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Moonshot's Kimi, with an international and a Chinese host.</summary>
sealed class Kimi : Provider
{
    public override ProviderName Name => ProviderName.Kimi;

    public override string Url(ModelOptions options) => options.Kimi is { International: false } ? "https://api.moonshot.cn/v1" : "https://api.moonshot.ai/v1";
}
