using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Amazon Bedrock: Converse, signed with the account's keys or with a key of Bedrock's own.</summary>
sealed class BedrockApi : Provider
{
    public override ProviderName Name => ProviderName.Bedrock;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.Bedrock];

    public override DialectName Family => DialectName.Bedrock;

    public override bool MustAskForUsage => false;

    public override string Url(ModelOptions options) => $"https://bedrock-runtime.{RegionOf(options)}.amazonaws.com";

    public override string? PathOf(in ProviderCall call) => call.Operation switch
    {
        Operation.Chat => $"/model/{Uri.EscapeDataString(call.Model)}/{(call.IsStream ? "converse-stream" : "converse")}",
        Operation.Embeddings or Operation.Rerank => $"/model/{Uri.EscapeDataString(call.Model)}/invoke",
        _ => null,
    };

    public override EmbedWire? EmbedWire(string model) => EmbedWires.OfBedrock(model);

    public override RerankWire? RerankWire(string model) => RerankWires.OfBedrock(model);

    public static string RegionOf(ModelOptions options) =>
        options.Bedrock?.AwsRegion ?? Environment.GetEnvironmentVariable("AWS_REGION")
        ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION") ?? "us-east-1";
}
