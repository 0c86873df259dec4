using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// Who serves models: where, in which wires, under which paths, with which headers. One class per provider, immutable and shared; what belongs to one
/// configured target comes as its options.
/// </summary>
abstract class Provider
{
    public abstract ProviderName Name { get; }

    /// <summary>Wires in which conversations can be had, best first.</summary>
    public virtual IReadOnlyList<DialectName> Wires { get; } = [DialectName.OpenAiChat];

    /// <summary>Dialect of what is no conversation (embeddings, images, audio).</summary>
    public virtual DialectName Family => DialectName.OpenAiChat;

    /// <summary>The header that carries a key, and what stands before the key in it.</summary>
    public virtual (string Name, string Prefix) KeyHeader => ("Authorization", "Bearer ");

    /// <summary>Streams report usage only when asked (OpenAI's stream_options).</summary>
    public virtual bool MustAskForUsage => true;

    /// <summary>URL under which all paths of the API stand, without a slash at its end.</summary>
    public abstract string Url(ModelOptions options);

    /// <summary>Path below <see cref="Url"/> for a call, percent-encoded, with its query; null when this provider has no such thing.</summary>
    public virtual string? PathOf(in ProviderCall call) => OpenAiPaths.Of(call);

    /// <summary>Headers that every call of that wire needs, beside the key.</summary>
    public virtual void AddHeaders(in ProviderCall call, List<KeyValuePair<string, string>> headers) { }

    /// <summary>Rules of a target's options that this provider has.</summary>
    public virtual void Check(ModelConfig model, string field, Problems problems) { }

    /// <summary>The wire in which this model's embeddings are asked for; null for none.</summary>
    public virtual EmbedWire? EmbedWire(string model) => EmbedWires.Of(Family);

    /// <summary>The wire in which this model ranks documents; null for none.</summary>
    public virtual RerankWire? RerankWire(string model) => RerankWires.Of(Family);

    /// <summary>The wire in which this provider counts the tokens of a conversation; null where it does not.</summary>
    public virtual SurfaceWire<CountRequest, CountReply>? CountWire => null;

    /// <summary>The wire in which to talk about a conversation that came in <paramref name="client"/>'s dialect: the same one where possible.</summary>
    public DialectName WireFor(DialectName client) => Wires.Contains(client) ? client : Wires[0];
}

/// <summary>A call as paths and headers depend on it.</summary>
/// <param name="Operation">What is asked for.</param>
/// <param name="Wire">In which wire.</param>
/// <param name="Model">Model or deployment at the provider.</param>
/// <param name="IsStream">The answer comes as a stream.</param>
/// <param name="Options">Options of the target.</param>
/// <param name="ClientPath">Path of the client's request: for operations with ids in it.</param>
readonly record struct ProviderCall(Operation Operation, DialectName Wire, string Model, bool IsStream, ModelOptions Options, string ClientPath);

/// <summary>Paths of OpenAI's API, below its /v1.</summary>
static class OpenAiPaths
{
    const string Version = "/v1/";

    public static string? Of(in ProviderCall call) => call.Operation switch
    {
        Operation.Chat => call.Wire switch
        {
            DialectName.OpenAiResponses => "/responses",
            DialectName.OpenAiCompletions => "/completions",
            DialectName.OpenAiChat => "/chat/completions",
            _ => null,
        },
        Operation.Embeddings => "/embeddings",
        Operation.Rerank => "/rerank",
        Operation.Images => "/images/generations",
        Operation.Speech => "/audio/speech",
        Operation.Transcription => "/audio/transcriptions",
        Operation.AudioTranslation => "/audio/translations",
        Operation.ImageEdits or Operation.Video or Operation.Models or Operation.Files or Operation.Batches or Operation.Assistants or Operation.Other =>
            AfterVersion(call.ClientPath),
        Operation.Realtime => $"/realtime?model={Uri.EscapeDataString(call.Model)}",
        _ => null,
    };

    /// <summary>What stands after /v1 in the client's path; the whole path where there is no /v1.</summary>
    static string AfterVersion(string path)
    {
        var version = path.LastIndexOf(Version, StringComparison.Ordinal);
        return version < 0 ? path : path[(version + Version.Length - 1)..];
    }
}
