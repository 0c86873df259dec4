namespace Weir.Gateway.Tests;

/// <summary>A probe whose outcomes a test sets by address; unset addresses answer 200.</summary>
sealed class ScriptedProbe : IProbe
{
    readonly Dictionary<string, Func<CancellationToken, ValueTask<Outcome>>> _outcomes = [];

    public List<ProbeRequest> Sent { get; } = [];

    /// <summary>Probes under way now.</summary>
    public int Open { get; private set; }

    public void Set(string address, Outcome outcome) => _outcomes[address] = _ => new(outcome);

    /// <summary>Probes of this address wait for the task, or for their time limit.</summary>
    public void Hold(string address, Task<Outcome> outcome) => _outcomes[address] = cancel => new(outcome.WaitAsync(cancel));

    public int Count(string address) => Sent.Count(request => request.Address.ToString() == address);

    public async ValueTask<Outcome> ProbeAsync(ProbeRequest request, CancellationToken cancel)
    {
        Sent.Add(request);
        Open++;
        try
        {
            return _outcomes.TryGetValue(request.Address.ToString(), out var outcome) ? await outcome(cancel) : Outcome.Answered(200);
        }
        finally
        {
            Open--;
        }
    }
}
