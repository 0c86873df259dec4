using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Vercel AI Gateway.</summary>
sealed class Vercel : Provider
{
    public override ProviderName Name => ProviderName.Vercel;

    public override string Url(ModelOptions options) => "https://ai-gateway.vercel.sh/v1";
}
