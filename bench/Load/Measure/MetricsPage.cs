using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>One reading of a gateway's metrics, in the text format of Prometheus.</summary>
sealed class MetricsPage
{
    static readonly HttpClient Client = new();

    readonly string[] _lines;

    MetricsPage(string text) => _lines = text.Split('\n');

    public static async Task<MetricsPage> ReadAsync(Uri address, CancellationToken cancel) => new(await Client.GetStringAsync(address, cancel));

    /// <summary>The value of the first series whose line starts so; null when there is none.</summary>
    public long? Value(string start)
    {
        var line = _lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));
        return line is null ? null : (long)double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1).Trim(), CultureInfo.InvariantCulture);
    }
}
