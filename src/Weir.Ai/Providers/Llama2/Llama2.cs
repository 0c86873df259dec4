using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>A Llama 2 server of one's own that speaks OpenAI's wire.</summary>
sealed class Llama2 : Provider
{
    public override ProviderName Name => ProviderName.Llama2;

    public override string Url(ModelOptions options) => "http://localhost:8000/v1";

    public override void Check(ModelConfig model, string field, Problems problems)
    {
        if (model.Options.UpstreamUrl is null) problems.Add($"{field}.options.upstream_url", "is required for provider llama2");
        if (model.Options.Llama2Format is Llama2Format.Raw or Llama2Format.Ollama)
            problems.Add($"{field}.options.llama2_format", "only openai is supported: servers of today speak it; for Ollama use provider ollama");
    }
}
