using System.Collections.Frozen;

namespace Weir.Ai;

/// <summary>Every provider once.</summary>
static class ProviderCatalog
{
    public static IReadOnlyList<Provider> All { get; } =
    [
        new OpenAi(), new AzureOpenAi(), new AnthropicApi(), new GeminiApi(), new Vertex(), new BedrockApi(), new Mistral(), new CohereApi(), new HuggingFace(),
        new DeepSeek(), new Xai(), new Groq(), new Together(), new Fireworks(), new OpenRouter(), new Perplexity(), new Cerebras(), new Databricks(),
        new DashScope(), new Kimi(), new Vercel(), new Ollama(), new Vllm(), new LlamaCpp(), new Nim(), new Llama2(),
    ];

    static readonly FrozenDictionary<ProviderName, Provider> ByName = All.ToFrozenDictionary(static provider => provider.Name);

    public static Provider Of(ProviderName name) => ByName[name];
}
