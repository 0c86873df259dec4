using System.Text.Json.Serialization;

namespace Weir.Ai;

/// <summary>Who serves models.</summary>
enum ProviderName
{
    [JsonStringEnumMemberName("openai")] OpenAi,
    [JsonStringEnumMemberName("azure")] Azure,
    [JsonStringEnumMemberName("anthropic")] Anthropic,
    [JsonStringEnumMemberName("gemini")] Gemini,
    [JsonStringEnumMemberName("vertex")] Vertex,
    [JsonStringEnumMemberName("bedrock")] Bedrock,
    [JsonStringEnumMemberName("mistral")] Mistral,
    [JsonStringEnumMemberName("cohere")] Cohere,
    [JsonStringEnumMemberName("huggingface")] HuggingFace,
    [JsonStringEnumMemberName("deepseek")] DeepSeek,
    [JsonStringEnumMemberName("xai")] Xai,
    [JsonStringEnumMemberName("groq")] Groq,
    [JsonStringEnumMemberName("together")] Together,
    [JsonStringEnumMemberName("fireworks")] Fireworks,
    [JsonStringEnumMemberName("openrouter")] OpenRouter,
    [JsonStringEnumMemberName("perplexity")] Perplexity,
    [JsonStringEnumMemberName("cerebras")] Cerebras,
    [JsonStringEnumMemberName("databricks")] Databricks,
    [JsonStringEnumMemberName("dashscope")] DashScope,
    [JsonStringEnumMemberName("kimi")] Kimi,
    [JsonStringEnumMemberName("vercel")] Vercel,
    [JsonStringEnumMemberName("ollama")] Ollama,
    [JsonStringEnumMemberName("vllm")] Vllm,
    [JsonStringEnumMemberName("llamacpp")] LlamaCpp,
    [JsonStringEnumMemberName("nim")] Nim,
    [JsonStringEnumMemberName("llama2")] Llama2,
}
