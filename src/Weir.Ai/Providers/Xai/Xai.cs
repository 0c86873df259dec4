using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>xAI.</summary>
sealed class Xai : Provider
{
    public override ProviderName Name => ProviderName.Xai;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.OpenAiChat, DialectName.OpenAiResponses];

    public override string Url(ModelOptions options) => "https://api.x.ai/v1";
}
