using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>The server of llama.cpp, on this machine unless upstream_url says otherwise.</summary>
sealed class LlamaCpp : Provider
{
    public override ProviderName Name => ProviderName.LlamaCpp;

    public override string Url(ModelOptions options) => "http://localhost:8080/v1";
}
