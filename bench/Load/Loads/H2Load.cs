using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Bench.Load;

/// <summary>Saturation over HTTP/2 by h2load: one thread, a few connections with some streams each, closed loop.</summary>
sealed partial class H2Load(int connections, int streams) : Load
{
    public override string Title => $"h2load -t1 -c{connections} -m{streams}";

    public override async Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel)
    {
        // Its summary has no percentiles; the log has every request.
        var log = Path.Combine(site.Folder, "h2load.log");
        var output = await Tool.RunAsync(
            "h2load", ["-t1", $"-c{connections}", $"-m{streams}", $"-D{seconds}", $"--log-file={log}", launch.Target.ToString()], cancel);
        var failures = new Failures();
        var latencies = await ReadAsync(log, failures, cancel);
        File.Delete(log);

        var protocol = Protocol().Match(output);
        if (protocol.Groups["name"].Value != "h2")
            throw new InvalidOperationException("h2load did not agree on h2:\n" + output);
        var counts = Counts().Match(output);
        if (!counts.Success)
            throw new FormatException("h2load printed no counts:\n" + output);
        long number(string name) => long.Parse(counts.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
        failures.Add("errored", number("errored"));
        failures.Add("timeout", number("timeout"));
        return new(
            number("done"), double.Parse(counts.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture),
            latencies.PercentileUs(50), latencies.PercentileUs(99), number("done") - number("good") + number("errored") + number("timeout"))
        {
            Failures = failures,
            LongestUs = latencies.LongestUs,
        };
    }

    /// <summary>A line is: start in microseconds, status, or -1 for a stream that was reset, microseconds to the end of the answer.</summary>
    static async Task<Latencies> ReadAsync(string log, Failures failures, CancellationToken cancel)
    {
        var latencies = new Latencies();
        await foreach (var line in File.ReadLinesAsync(log, cancel))
        {
            var end = line.LastIndexOf('\t');
            latencies.Add(TimeSpan.FromMicroseconds(long.Parse(line.AsSpan(end + 1), CultureInfo.InvariantCulture)));
            var status = line.AsSpan((line.IndexOf('\t', StringComparison.Ordinal) + 1)..end);
            if (status is not "200")
                failures.Add($"status {status}", 1);
        }

        return latencies;
    }

    [GeneratedRegex(@"Application protocol: (?<name>\S+)")]
    private static partial Regex Protocol();

    [GeneratedRegex(
        @"finished in (?<seconds>[\d.]+)s.*?(?<done>\d+) done, (?<good>\d+) succeeded, \d+ failed, (?<errored>\d+) errored, (?<timeout>\d+) timeout",
        RegexOptions.Singleline)]
    private static partial Regex Counts();
}
