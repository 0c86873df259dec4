using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>What became of a call: who served it, what it used, how it ended. Filled while the answer passes; complete in the done phase.</summary>
sealed class LlmOutcome
{
    /// <summary>The target that answered; null when none did.</summary>
    public Target? Target { get; set; }

    /// <summary>Model that was asked of the provider.</summary>
    public string ModelSent { get; set; } = "";

    /// <summary>Dialect in which the provider was asked.</summary>
    public DialectName Wire { get; set; }

    /// <summary>Model that the provider says has answered; null where it says nothing.</summary>
    public string? ModelServed { get; set; }

    /// <summary>Tries made, the last one included.</summary>
    public int Tries { get; set; }

    public bool IsStream { get; set; }

    /// <summary>Status of the provider's last answer; 0 for none.</summary>
    public int ProviderStatus { get; set; }

    public TokenUsage? Usage { get; set; }

    /// <summary>Characters of text that the answer has had so far; for estimates where the provider says no usage.</summary>
    public long TextChars { get; set; }

    /// <summary>The cost, line by line; null before the call is settled.</summary>
    public CostSheet? Sheet { get; set; }

    /// <summary>What the call cost, in nano-units of the prices' currency; null where the model has no price.</summary>
    public long? Cost => Sheet is { State: not PriceState.Unpriced } sheet ? sheet.Total.Units : null;

    /// <summary>The call is in the books.</summary>
    public bool IsSettled { get; set; }

    public StopReason? Stop { get; set; }

    /// <summary>How a call that is no conversation is translated; null where its bytes pass.</summary>
    public SurfaceCall? Translation { get; set; }

    /// <summary>What could not be translated.</summary>
    public Losses Losses { get; } = new();

    /// <summary>What the client was told, when the call failed.</summary>
    public LlmError? Error { get; set; }

    /// <summary>The error by which a scanner ended the answer; null when none did. Another target would not help.</summary>
    public LlmError? Stopped { get; set; }

    /// <summary>The body that was sent to the provider.</summary>
    public ReadOnlyMemory<byte> BodySent { get; set; }

    /// <summary>The body of a whole answer, where it is to be logged.</summary>
    public ReadOnlyMemory<byte> LoggedAnswer { get; set; }

    /// <summary>What a stream says, where it is to be logged; null where not.</summary>
    public PayloadTap? LoggedStream { get; set; }

    /// <summary>Timestamp of the try that answered.</summary>
    public long SentTicks { get; set; }

    /// <summary>Timestamp of the first content; 0 for none.</summary>
    public long FirstContentTicks { get; set; }

    /// <summary>Timestamp of the answer's end; 0 before it.</summary>
    public long EndedTicks { get; set; }

    /// <summary>The gateway ended the stream, because a budget was used up.</summary>
    public bool IsCut { get; set; }

    /// <summary>How far the stream has come; where it ended, in the done phase.</summary>
    public StreamState State { get; private set; }

    /// <summary>The client left before the answer's end.</summary>
    public bool ClientLeft { get; set; }

    /// <summary>The client left when the call had been sent and nothing had come back: the provider may bill its prompt.</summary>
    public bool MayBeBilled { get; set; }

    /// <summary>Why the target is to blame for an answer that broke off after its begin; null where it is not.</summary>
    public FailoverCriterion? BrokenBy { get; set; }

    /// <summary>Timestamp of the first try; 0 before it.</summary>
    public long FirstSentTicks { get; private set; }

    /// <summary>Where the try that answered went.</summary>
    public UpstreamAddress? Address { get; set; }

    /// <summary>The provider's id of the answer; null where it is not read.</summary>
    public string? ResponseId { get; set; }

    /// <summary>Time spent waiting for providers up to the head of the answer; zero where nobody wants to know.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>The head has been written.</summary>
    public bool IsHeadOut { get; set; }

    /// <summary>The answer came to its own end.</summary>
    public bool IsComplete { get; set; }

    /// <summary>A try begins: nothing of the one before counts.</summary>
    public void BeginTry(Target target, long now)
    {
        Tries++;
        Target = target;
        SentTicks = now;
        if (FirstSentTicks == 0) FirstSentTicks = now;
        FirstContentTicks = 0;
        ModelServed = null;
        ResponseId = null;
        Usage = null;
        TextChars = 0;
        Stop = null;
        Error = null;
        Stopped = null;
        BrokenBy = null;
    }

    /// <summary>The stream comes into another state.</summary>
    public void Enter(StreamState next, StreamMetrics metrics)
    {
        if (!IsStream) return;
        metrics.Move(State, next);
        State = next;
    }
}
