namespace Weir.Gateway;

/// <summary>Turns a host name into addresses.</summary>
interface IResolver
{
    /// <summary>
    /// Addresses of a host name or literal address. A failure is a value: a resolution with a <see cref="Resolution.Fault"/> and the time to ask again.
    /// Completes at once for literals, known hosts and cached names.
    /// </summary>
    ValueTask<Resolution> ResolveAsync(string name, CancellationToken cancel);
}
