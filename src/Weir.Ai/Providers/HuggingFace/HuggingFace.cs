using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Hugging Face's inference router.</summary>
sealed class HuggingFace : Provider
{
    public override ProviderName Name => ProviderName.HuggingFace;

    public override string Url(ModelOptions options) => "https://router.huggingface.co/v1";
}
