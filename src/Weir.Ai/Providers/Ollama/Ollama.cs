using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Ollama, on this machine unless upstream_url says otherwise.</summary>
sealed class Ollama : Provider
{
    public override ProviderName Name => ProviderName.Ollama;

    public override string Url(ModelOptions options) => "http://localhost:11434/v1";
}
