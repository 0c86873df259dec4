using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

/// <summary>Targets without providers behind them.</summary>
static class Targets
{
    public static Target Of(string? model, int weight = 100, string? alias = null, TimeProvider? time = null) => new(
        new TargetConfig { Model = new ModelConfig { Provider = ProviderName.OpenAi, Name = model, ModelAlias = alias } },
        weight, new TargetState(time ?? new ManualTime()), new KeyAuthorizer(new TargetAuth()));

    public static LlmRoute Route(BalancerConfig balancer, params Target[] targets) => new(balancer, targets, new Random(1))
    {
        Format = LlmFormat.OpenAi,
        Streaming = ResponseStreaming.Allow,
        RequestBodyBytesMax = 1000,
        NamesModel = true,
    };
}
