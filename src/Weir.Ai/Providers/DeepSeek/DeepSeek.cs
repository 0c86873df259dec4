using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>DeepSeek: OpenAI's wire, and Anthropic's below /anthropic.</summary>
sealed class DeepSeek : Provider
{
    public override ProviderName Name => ProviderName.DeepSeek;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.OpenAiChat, DialectName.Anthropic];

    public override string Url(ModelOptions options) => "https://api.deepseek.com";

    public override string? PathOf(in ProviderCall call) =>
        call is { Operation: Operation.Chat, Wire: DialectName.Anthropic } ? "/anthropic/v1/messages" : base.PathOf(call);
}
