using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>NVIDIA NIM, hosted unless upstream_url says otherwise.</summary>
sealed class Nim : Provider
{
    public override ProviderName Name => ProviderName.Nim;

    public override string Url(ModelOptions options) => "https://integrate.api.nvidia.com/v1";
}
