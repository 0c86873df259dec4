using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Alibaba DashScope in its OpenAI-compatible mode, with an international and a Chinese host.</summary>
sealed class DashScope : Provider
{
    public override ProviderName Name => ProviderName.DashScope;

    public override string Url(ModelOptions options) =>
        $"https://{(options.Dashscope is { International: false } ? "dashscope" : "dashscope-intl")}.aliyuncs.com/compatible-mode/v1";
}
