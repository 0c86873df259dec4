using System.Globalization;

namespace Weir.Acceptance;

/// <summary>Counters of a gateway's loops, all loops together, read over one connection that stays open.</summary>
sealed class ScrapedLoops(Uri status) : IDisposable
{
    readonly HttpClient _client = TestGateway.NewClient(status);

    public async Task<long> SumAsync(string name)
    {
        var metrics = (await _client.GetStringAsync("/metrics")).Split('\n');
        return metrics.Where(line => line.StartsWith(name + "{", StringComparison.Ordinal))
            .Sum(static line => long.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    public void Dispose() => _client.Dispose();
}
