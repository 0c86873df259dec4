namespace Weir.Gateway;

/// <summary>The upstream side of the pipeline: one call that ends with the head of the answer, one that streams its body.</summary>
interface IForwarder
{
    /// <summary>
    /// Chooses a target, sends the request, retries within the rules; fills status and headers of the response. A verdict that stops is a failure's answer.
    /// </summary>
    ValueTask<Verdict> SendAsync(Passage passage);

    /// <summary>
    /// Sends the request if that takes no wait: gives the connection on which the answer comes, whose head is then to be read and
    /// <see cref="HeadEndedAsync"/> to be called. Null is no failure: <see cref="SendAsync"/> goes on from where this has come to.
    /// </summary>
    Http1Connection? TrySend(Passage passage) => null;

    /// <summary>Goes on where the wait for the head has ended, with a fault if there is no head.</summary>
    ValueTask<Verdict> HeadEndedAsync(Passage passage, Fault fault) => SendAsync(passage);

    /// <summary>Streams the upstream's body to the client. Fails the client's connection when the upstream's body ends early.</summary>
    ValueTask CopyBodyAsync(Passage passage);

    /// <summary>Gives back or closes what the call holds. Called exactly once per exchange, also when nothing was sent.</summary>
    ValueTask FinishAsync(Passage passage);
}

/// <summary>Records an exchange that is over.</summary>
interface IExchangeRecorder
{
    /// <summary>Settles times and sizes, counts, and writes the access log. Must not throw and must not block.</summary>
    void Complete(Passage passage);
}
