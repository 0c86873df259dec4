using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Google's Gemini API (AI Studio).</summary>
sealed class GeminiApi : Provider
{
    public override ProviderName Name => ProviderName.Gemini;

    public override IReadOnlyList<DialectName> Wires { get; } = [DialectName.Gemini];

    public override DialectName Family => DialectName.Gemini;

    public override (string Name, string Prefix) KeyHeader => ("x-goog-api-key", "");

    public override bool MustAskForUsage => false;

    /// <summary>With a project the models are those of Vertex AI, as Kong has it.</summary>
    public override string Url(ModelOptions options) => options.Gemini?.ProjectId is { Length: > 0 } ? Vertex.UrlOf(options)
        : $"https://{options.Gemini?.ApiEndpoint ?? "generativelanguage.googleapis.com"}/v1beta";

    public override string? PathOf(in ProviderCall call) => GeminiPaths.Of(call);

    public override SurfaceWire<CountRequest, CountReply>? CountWire => CountWires.Gemini;
}

/// <summary>Paths of models at Google, the same for the Gemini API and for Vertex AI.</summary>
static class GeminiPaths
{
    public static string? Of(in ProviderCall call) => call.Operation switch
    {
        Operation.Chat => $"/models/{Uri.EscapeDataString(call.Model)}:{(call.IsStream ? "streamGenerateContent?alt=sse" : "generateContent")}",
        Operation.CountTokens => $"/models/{Uri.EscapeDataString(call.Model)}:countTokens",
        Operation.Embeddings => $"/models/{Uri.EscapeDataString(call.Model)}:{Verb(call.ClientPath)}",
        _ => null,
    };

    // What is translated is always a batch.
    static string Verb(string path) => path.EndsWith(":embedContent", StringComparison.Ordinal) ? "embedContent" : "batchEmbedContents";
}
