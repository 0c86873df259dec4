using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class ProviderPathTests
{
    [Theory]
    [InlineData("OpenAi", nameof(Operation.Embeddings), "m", "/embeddings")]
    [InlineData("OpenAi", nameof(Operation.Realtime), "gpt realtime", "/realtime?model=gpt%20realtime")]
    [InlineData("Azure", nameof(Operation.Realtime), "m", "/realtime?api-version=2023-05-15&deployment=m")]
    [InlineData("Azure", nameof(Operation.Embeddings), "m", "/deployments/m/embeddings?api-version=2023-05-15")]
    [InlineData("Gemini", nameof(Operation.Embeddings), "m", "/models/m:batchEmbedContents")]
    [InlineData("Gemini", nameof(Operation.CountTokens), "m", "/models/m:countTokens")]
    [InlineData("Vertex", nameof(Operation.Embeddings), "m", "/models/m:predict")]
    [InlineData("Cohere", nameof(Operation.Rerank), "m", "/rerank")]
    [InlineData("Bedrock", nameof(Operation.Embeddings), "cohere.embed-v4:0", "/model/cohere.embed-v4%3A0/invoke")]
    [InlineData("Bedrock", nameof(Operation.Rerank), "amazon.rerank-v1:0", "/model/amazon.rerank-v1%3A0/invoke")]
    [InlineData("Anthropic", nameof(Operation.CountTokens), "m", "/messages/count_tokens")]
    [InlineData("Anthropic", nameof(Operation.Embeddings), "m", null)]
    [InlineData("Bedrock", nameof(Operation.Realtime), "m", null)]
    [InlineData("Gemini", nameof(Operation.Images), "m", null)]
    public void Knows_where_each_operation_stands(string provider, string operation, string model, string? path)
    {
        var of = ProviderCatalog.Of(Enum.Parse<ProviderName>(provider));
        Assert.Equal(path, of.PathOf(new ProviderCall(Enum.Parse<Operation>(operation), of.Family, model, false, new ModelOptions(), "/v1/x")));
    }

    [Theory]
    [InlineData("cohere.embed-v4:0", typeof(BedrockCohereEmbedWire))]
    [InlineData("us.cohere.embed-multilingual-v3", typeof(BedrockCohereEmbedWire))]
    [InlineData("amazon.titan-embed-text-v1", typeof(BedrockTitanEmbedWire))]
    [InlineData("amazon.nova-2-multimodal-embeddings-v1:0", typeof(BedrockNovaEmbedWire))]
    [InlineData("unheard-of", null)]
    public void Knows_the_wire_of_models_on_Bedrock(string model, Type? wire) =>
        Assert.Equal(wire, ProviderCatalog.Of(ProviderName.Bedrock).EmbedWire(model)?.GetType());
}
