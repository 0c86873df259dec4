namespace Weir.Gateway;

/// <summary>Opens streams to upstreams.</summary>
interface IConnector
{
    /// <summary>How many event loops its streams belong to; 0 for none.</summary>
    int LoopCount => 0;

    /// <summary>Opens a stream, TLS included. Throws <see cref="OperationCanceledException"/> when told to stop; every other failure is a value.</summary>
    ValueTask<ConnectResult> ConnectAsync(UpstreamEndpoint endpoint, CancellationToken stop);
}

/// <summary>An open stream, or why there is none.</summary>
readonly record struct ConnectResult(IUpstreamTransport? Transport, Fault Fault = Fault.None, string? Reason = null);
