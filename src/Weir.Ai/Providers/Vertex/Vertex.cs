using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Google's Vertex AI: Gemini's wire below a project and a location.</summary>
sealed class Vertex : Provider
{
    public override ProviderName Name => ProviderName.Vertex;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.Gemini];

    public override DialectName Family => DialectName.Gemini;

    public override bool MustAskForUsage => false;

    public override string Url(ModelOptions options) => UrlOf(options);

    /// <summary>The API of a project and a location.</summary>
    public static string UrlOf(ModelOptions options)
    {
        var location = options.Gemini?.LocationId ?? "global";
        var host = options.Gemini?.ApiEndpoint ?? (location == "global" ? "aiplatform.googleapis.com" : $"{location}-aiplatform.googleapis.com");
        return $"https://{host}/v1/projects/{options.Gemini?.ProjectId}/locations/{location}/publishers/google";
    }

    public override string? PathOf(in ProviderCall call) => call.Operation == Operation.Embeddings
        ? $"/models/{Uri.EscapeDataString(call.Model)}:predict"
        : GeminiPaths.Of(call);

    public override EmbedWire EmbedWire(string model) => EmbedWires.Vertex;

    public override SurfaceWire<CountRequest, CountReply>? CountWire => CountWires.Vertex;

    public override void Check(ModelConfig model, string field, Problems problems)
    {
        if (model.Options.UpstreamUrl is null && string.IsNullOrEmpty(model.Options.Gemini?.ProjectId))
            problems.Add($"{field}.options.gemini.project_id", "is required for provider vertex, unless upstream_url is set");
    }
}
