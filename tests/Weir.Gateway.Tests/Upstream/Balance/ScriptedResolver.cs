using System.Net;

namespace Weir.Gateway.Tests;

/// <summary>A resolver that answers what a test put in, and counts who asked.</summary>
sealed class ScriptedResolver(TimeProvider time) : IResolver
{
    readonly Dictionary<string, Resolution> _answers = [];
    readonly Dictionary<string, Task<Resolution>> _held = [];

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromSeconds(60);

    public List<string> Asked { get; } = [];

    public void Set(string name, params ResolvedAddress[] addresses) =>
        _answers[name] = new Resolution { Addresses = addresses, ExpiresAt = default };

    public void Set(string name, params string[] addresses) => Set(name, [.. addresses.Select(text => new ResolvedAddress(IPAddress.Parse(text)))]);

    public void Fail(string name) => _answers.Remove(name);

    /// <summary>The name's answer is this task's.</summary>
    public void Hold(string name, Task<Resolution> answer) => _held[name] = answer;

    public ValueTask<Resolution> ResolveAsync(string name, CancellationToken cancel)
    {
        if (IPAddress.TryParse(name, out var literal)) return new(Resolution.Literal(literal));
        Asked.Add(name);
        if (_held.TryGetValue(name, out var held)) return new(held);
        return new(_answers.TryGetValue(name, out var answer)
            ? answer with { ExpiresAt = time.GetUtcNow() + Lifetime }
            : Resolution.Failed("no such name", time.GetUtcNow() + Lifetime));
    }
}
