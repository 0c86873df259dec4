using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Anthropic.</summary>
sealed class AnthropicApi : Provider
{
    /// <summary>The version that all clients of today send.</summary>
    const string Version = "2023-06-01";

    public override ProviderName Name => ProviderName.Anthropic;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.Anthropic];

    public override DialectName Family => DialectName.Anthropic;

    public override (string Name, string Prefix) KeyHeader => ("x-api-key", "");

    public override bool MustAskForUsage => false;

    public override string Url(ModelOptions options) => "https://api.anthropic.com/v1";

    public override string? PathOf(in ProviderCall call) => call.Operation switch
    {
        Operation.Chat => "/messages",
        Operation.CountTokens => "/messages/count_tokens",
        Operation.Models or Operation.Files or Operation.Batches or Operation.Other => OpenAiPaths.Of(call),
        _ => null,
    };

    public override SurfaceWire<CountRequest, CountReply>? CountWire => CountWires.Anthropic;

    public override void AddHeaders(in ProviderCall call, List<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, _) in headers)
            if (name.Equals("anthropic-version", StringComparison.OrdinalIgnoreCase)) return;
        headers.Add(new("anthropic-version", call.Options.AnthropicVersion ?? Version));
    }
}
