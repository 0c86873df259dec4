namespace Weir;

/// <summary>
/// A policy on the path of an exchange. A plugin takes part in a phase by implementing that phase's interface, so its class header is its contract.
/// One instance belongs to one (scope, config) in one snapshot: it is immutable and shared by all requests. What belongs to one request goes into
/// <see cref="Exchange.GetState{T}"/>; what must outlive a reload goes into <see cref="PluginContext.Keep"/>.
/// </summary>
public interface IPlugin;

/// <summary>Runs before anything is sent upstream, in catalog order. The first verdict that stops ends the phase.</summary>
public interface IOnRequest : IPlugin
{
    /// <summary>Looks at the request, may change what goes upstream, and says whether the request goes on.</summary>
    ValueTask<Verdict> OnRequestAsync(Exchange exchange);
}

/// <summary>
/// Answers in the upstream's place on the routes it is on: it may call any number of servers, in any way, to come to one answer. The first such plugin in
/// catalog order does it; the route's service is not asked.
/// </summary>
public interface IOnUpstream : IPlugin
{
    /// <summary>
    /// Comes to an answer: fills status and headers of <c>exchange.Http.Response</c> and goes on, or stops with an answer of its own.
    /// </summary>
    ValueTask<Verdict> SendAsync(Exchange exchange);

    /// <summary>Writes the body, after the response phase. Not called when the answer was replaced.</summary>
    ValueTask CopyBodyAsync(Exchange exchange, BodyOutput body);

    /// <summary>Lets go of what the exchange holds. Called once after <see cref="SendAsync"/>, whatever happened, before the done phase.</summary>
    ValueTask FinishAsync(Exchange exchange);
}

/// <summary>Runs when status and headers of an answer are known and none of it has been sent, whoever answered. A verdict that stops replaces it.</summary>
public interface IOnResponse : IPlugin
{
    /// <summary>May change status and headers of <c>exchange.Http.Response</c>.</summary>
    ValueTask<Verdict> OnResponseAsync(Exchange exchange);
}

/// <summary>
/// Sees the upstream's whole answer before any of it is sent, and may ask others about it before it decides. The answer is held in memory: for bodies that
/// are small, and cannot be judged in pieces.
/// </summary>
public interface IOnWholeAnswer : IPlugin
{
    /// <summary>Asked once per exchange, after the response phase: the longest body that is held, in bytes; 0 to let the answer stream.</summary>
    int WholeAnswerBytesMax(Exchange exchange);

    /// <summary>
    /// Lets the answer pass, or puts another in its place, which keeps what headers it does not set. A body that is longer than asked for comes as null.
    /// </summary>
    ValueTask<Verdict> OnWholeAnswerAsync(Exchange exchange, ReadOnlyMemory<byte>? body);
}

/// <summary>Sees the body of the answer as it streams through. Costs nothing on requests whose body it does not want.</summary>
public interface IOnChunk : IPlugin
{
    /// <summary>Asked once per exchange, after the response phase. True puts the plugin into the body's path and drops Content-Length.</summary>
    bool WantsBody(Exchange exchange);

    /// <summary>
    /// Takes the next piece of the body and writes what the client shall get instead, which may be nothing yet. The piece is only valid during the call.
    /// The last call has <paramref name="isLast"/> set; its piece may be empty.
    /// </summary>
    void OnChunk(Exchange exchange, ReadOnlySpan<byte> chunk, bool isLast, System.Buffers.IBufferWriter<byte> output);
}

/// <summary>Always runs, once, when the exchange is over, whatever happened. Must not throw and must not block.</summary>
public interface IOnDone : IPlugin
{
    /// <summary>Records what happened. The exchange is reused afterwards: copy what is needed later.</summary>
    void OnDone(Exchange exchange);
}
