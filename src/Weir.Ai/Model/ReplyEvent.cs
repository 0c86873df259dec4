namespace Weir.Ai;

enum ReplyEventKind : byte
{
    /// <summary>
    /// The answer begins: <see cref="ReplyEvent.Id"/>, <see cref="ReplyEvent.Unix"/>, <see cref="ReplyEvent.Dialect"/>; <see cref="ReplyEvent.Name"/> is the
    /// model. What was used so far is in <see cref="ReplyEvent.Usage"/> where it is known already; a Usage event says it too.
    /// </summary>
    Started,

    /// <summary>
    /// A part begins: <see cref="ReplyEvent.PartKind"/>; of a tool call also <see cref="ReplyEvent.Id"/>, <see cref="ReplyEvent.Name"/> and, in
    /// <see cref="ReplyEvent.Json"/>, an object of the fields that only its own dialect knows.
    /// </summary>
    PartStarted,

    /// <summary>More of a part, in <see cref="ReplyEvent.Text"/>: text, thoughts, a refusal, JSON of a tool's arguments, base64 of audio or an image.</summary>
    Delta,

    /// <summary>Opaque state of a reasoning part or a tool call that must come back unchanged, in <see cref="ReplyEvent.Text"/>.</summary>
    Signature,

    /// <summary>Encrypted thoughts of a reasoning part, in <see cref="ReplyEvent.Text"/>.</summary>
    Encrypted,

    /// <summary>Citations or annotations of a text part, in <see cref="ReplyEvent.Json"/> (an array) in the words of the dialect.</summary>
    Annotations,

    /// <summary>Log probabilities of the tokens just sent, in <see cref="ReplyEvent.Json"/>: OpenAI's form, an array of token objects.</summary>
    Logprobs,

    /// <summary>A part is complete.</summary>
    PartEnded,

    /// <summary>One choice is complete: <see cref="ReplyEvent.Stop"/>, and the matched stop sequence in <see cref="ReplyEvent.Text"/>.</summary>
    Finished,

    /// <summary>What was used so far, in <see cref="ReplyEvent.Usage"/>: the latest one counts, never their sum.</summary>
    Usage,

    /// <summary>A field of the answer without a place here: <see cref="ReplyEvent.Name"/>, <see cref="ReplyEvent.Json"/>.</summary>
    Extra,

    /// <summary>The answer is complete. The last event, exactly once, unless it failed.</summary>
    Ended,

    /// <summary>The provider reports an error, or the stream broke: <see cref="ReplyEvent.Error"/>. The last event.</summary>
    Failed,
}

enum ReplyPartKind : byte
{
    Text,
    Reasoning,
    ToolCall,
    Refusal,
    Audio,
    Image,

    /// <summary>A part that only its own dialect knows (a search that the provider ran): <see cref="ReplyEvent.Json"/> of its start is the whole.</summary>
    Opaque,
}

enum StopReason : byte
{
    /// <summary>The model had said all.</summary>
    EndTurn,

    /// <summary>The limit of tokens was reached, the caller's or the model's.</summary>
    MaxTokens,
    StopSequence,
    ToolCalls,

    /// <summary>Cut off by the provider's filter.</summary>
    ContentFilter,

    /// <summary>The model refused.</summary>
    Refusal,

    /// <summary>A long turn was paused and may be continued (Anthropic's pause_turn).</summary>
    Pause,

    /// <summary>The context window was full.</summary>
    ContextFull,

    /// <summary>A reason of the provider's own, in <see cref="ReplyEvent.Name"/>.</summary>
    Other,
}

/// <summary>
/// One event of a model's answer. Whole answers and streams are read into the same events and written from them. Per choice: parts begin in the order of
/// their numbers; every part that began ends before the choice finishes; deltas of several open parts may come interleaved (parallel tool calls).
/// </summary>
readonly struct ReplyEvent
{
    public required ReplyEventKind Kind { get; init; }

    /// <summary>Number of the answer, from 0.</summary>
    public int Choice { get; init; }

    /// <summary>Number of the part within its choice, from 0.</summary>
    public int Part { get; init; }

    public ReplyPartKind PartKind { get; init; }

    public StopReason Stop { get; init; }

    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Text { get; init; }

    /// <summary>Of a Delta to a sink that does not want the text: about how many characters it has.</summary>
    public int Chars { get; init; }

    public JsonText Json { get; init; }

    /// <summary>Seconds since 1970; 0 where not known.</summary>
    public long Unix { get; init; }

    public TokenUsage? Usage { get; init; }

    public LlmError? Error { get; init; }

    /// <summary>Of Started: the dialect that the answer was read from. Extras, annotations and opaque parts are in its words.</summary>
    public DialectName? Dialect { get; init; }
}

/// <summary>Takes the events of an answer, in order. Scanners, counters and writers are sinks; one may stand before another and change what it gets.</summary>
interface IReplySink
{
    void On(in ReplyEvent reply);

    /// <summary>Whether the text of deltas is wanted, or only its length: readers may spare themselves the reading then.</summary>
    bool WantsText => true;
}
