using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>OpenAI.</summary>
sealed class OpenAi : Provider
{
    public override ProviderName Name => ProviderName.OpenAi;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.OpenAiChat, DialectName.OpenAiResponses, DialectName.OpenAiCompletions];

    public override string Url(ModelOptions options) => "https://api.openai.com/v1";
}
