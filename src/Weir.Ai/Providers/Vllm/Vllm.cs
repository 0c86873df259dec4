using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>vLLM, on this machine unless upstream_url says otherwise.</summary>
sealed class Vllm : Provider
{
    public override ProviderName Name => ProviderName.Vllm;

    public override string Url(ModelOptions options) => "http://localhost:8000/v1";
}
