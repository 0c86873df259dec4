using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Cohere, version 2 of its API.</summary>
sealed class CohereApi : Provider
{
    public override ProviderName Name => ProviderName.Cohere;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.Cohere];

    public override DialectName Family => DialectName.Cohere;

    public override bool MustAskForUsage => false;

    public override string Url(ModelOptions options) => "https://api.cohere.com/v2";

    public override string? PathOf(in ProviderCall call) => call.Operation switch
    {
        Operation.Chat => "/chat",
        Operation.Embeddings => "/embed",
        Operation.Rerank => "/rerank",
        _ => null,
    };
}
