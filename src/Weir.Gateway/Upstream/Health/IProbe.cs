namespace Weir.Gateway;

/// <summary>Sends one health probe to one address.</summary>
interface IProbe
{
    /// <summary>How it went. Throws <see cref="OperationCanceledException"/> when cancelled; everything else is an outcome.</summary>
    ValueTask<Outcome> ProbeAsync(ProbeRequest request, CancellationToken cancel);
}
