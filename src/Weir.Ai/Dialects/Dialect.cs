using System.Buffers;

namespace Weir.Ai;

/// <summary>Names of the conversation formats that are spoken, on the clients' side and on the providers'.</summary>
enum DialectName
{
    /// <summary>POST /v1/chat/completions.</summary>
    OpenAiChat,

    /// <summary>POST /v1/responses.</summary>
    OpenAiResponses,

    /// <summary>POST /v1/completions.</summary>
    OpenAiCompletions,

    /// <summary>POST /v1/messages.</summary>
    Anthropic,

    /// <summary>POST /v1beta/models/{model}:generateContent and :streamGenerateContent.</summary>
    Gemini,

    /// <summary>POST /model/{modelId}/converse and /converse-stream.</summary>
    Bedrock,

    /// <summary>POST /v2/chat.</summary>
    Cohere,
}

/// <summary>
/// A wire format for conversations with a model: how requests, answers, streams and errors look. One class per format, immutable and shared; what belongs
/// to one answer is in the readers and writers it makes. Bad input is a value: problems with their place, or an error, never an exception.
/// </summary>
abstract class Dialect
{
    public abstract DialectName Name { get; }

    /// <summary>Content-Type of a streamed answer.</summary>
    public virtual string StreamContentType => "text/event-stream";

    /// <summary>
    /// Reads a request. Model and streaming may stand in the path (Gemini, Bedrock): then they are given with <paramref name="line"/>. Null when it cannot
    /// be read; every problem found is in <paramref name="problems"/>, with its JSON path and what was expected.
    /// </summary>
    public abstract ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems);

    /// <summary>
    /// Writes the body of a request. What this dialect or <paramref name="target"/> cannot take is left out and named in <paramref name="losses"/>, in the
    /// terms of the request's own dialect.
    /// </summary>
    public abstract void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses);

    /// <summary>Reads a whole answer of status 2xx and gives its events to <paramref name="sink"/>. An answer that cannot be read is a Failed event.</summary>
    public abstract void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink);

    /// <summary>A reader for one streamed answer.</summary>
    public abstract ReplyStreamReader StreamReader(IReplySink sink);

    /// <summary>A writer of one whole answer; its body is complete after <see cref="ReplyWriter.Complete"/>.</summary>
    public abstract ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output);

    /// <summary>A writer of one streamed answer: every event is written as soon as it comes.</summary>
    public abstract ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output);

    /// <summary>Reads the body of an error answer. A body of another form gives the error of the status with the beginning of the body's text.</summary>
    public abstract LlmError ReadError(int status, ReadOnlyMemory<byte> body);

    /// <summary>Writes the body of an error answer.</summary>
    public abstract void WriteError(LlmError error, IBufferWriter<byte> output);
}

/// <summary>What stands in the path of a request, for dialects that put it there.</summary>
/// <param name="Model">Model of the path, decoded; null where the body names it.</param>
/// <param name="IsStream">The path asks for a stream; null where the body says it.</param>
readonly record struct RequestLine(string? Model = null, bool? IsStream = null);

/// <summary>What a writer of requests must know of the model that will answer.</summary>
sealed record ModelTarget
{
    /// <summary>Name of the model as the provider knows it.</summary>
    public required string Model { get; init; }

    /// <summary>What the model can and cannot take.</summary>
    public ModelTraits Traits { get; init; } = ModelTraits.Unknown;
}

/// <summary>How the client wants its answer.</summary>
sealed record ReplyShape
{
    /// <summary>Model to name in the answer, or null for the one that answered.</summary>
    public string? Model { get; init; }

    /// <summary>The client asked for usage in its stream (OpenAI's stream_options.include_usage); others always send it.</summary>
    public bool ShowsUsage { get; init; } = true;

    /// <summary>
    /// The client is Mistral's own, for which a stream of OpenAI's dialect has calls of tools whole, and usage unasked.
    /// </summary>
    public bool IsForMistral { get; init; }

    /// <summary>Id for answers of providers that give none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Time of the answer where the provider gives none: seconds since 1970.</summary>
    public long Unix { get; init; }

    /// <summary>What could not be carried into the client's dialect.</summary>
    public Losses Losses { get; init; } = new();

    /// <summary>The request, for wires that repeat parts of it in their answers (Responses); null where it was not read.</summary>
    public ChatRequest? Request { get; init; }
}

/// <summary>Reads one streamed answer as its bytes come, cut anywhere.</summary>
abstract class ReplyStreamReader
{
    /// <summary>
    /// Takes the next bytes. Events go to the sink at once. Broken framing is a Failed event; what comes after Ended or Failed is ignored.
    /// </summary>
    public abstract void Feed(ReadOnlySpan<byte> bytes);

    /// <summary>The bytes have ended. A stream that is not complete by its own rules is a Failed event.</summary>
    public abstract void End();
}

/// <summary>Writes one answer from its events.</summary>
abstract class ReplyWriter : IReplySink
{
    public abstract void On(in ReplyEvent reply);

    /// <summary>Writes what is left: the whole body of a whole answer, nothing of a stream. Called once, after the last event.</summary>
    public abstract void Complete();
}
