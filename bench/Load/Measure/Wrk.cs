using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Bench.Load;

/// <summary>What wrk counted in one run.</summary>
/// <param name="Requests">Answers received.</param>
/// <param name="Seconds">Length of the run as wrk measured it.</param>
/// <param name="P50Us">Median latency in microseconds.</param>
/// <param name="P99Us">99th percentile.</param>
/// <param name="Errors">Socket errors and answers that were neither 2xx nor 3xx.</param>
readonly record struct WrkResult(long Requests, double Seconds, double P50Us, double P99Us, long Errors);

/// <summary>The load generator: one thread, closed loop.</summary>
static partial class Wrk
{
    public static async Task<WrkResult> RunAsync(Launch launch, Site site, int connections, int seconds, CancellationToken cancel)
    {
        List<string> arguments = ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency"];
        if (launch.Keys.Count > 0)
            arguments.AddRange(["-s", site.Write("keys.lua", KeyScript(launch))]);
        arguments.Add(launch.Target.ToString());

        using var wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var ended = cancel.Register(wrk.Kill);
        var output = await wrk.StandardOutput.ReadToEndAsync(cancel);
        var error = await wrk.StandardError.ReadToEndAsync(cancel);
        await wrk.WaitForExitAsync(cancel);
        return wrk.ExitCode == 0 ? Parse(output) : throw new InvalidOperationException($"wrk: {output}{error}");
    }

    public static WrkResult Parse(string output)
    {
        var total = Total().Match(output);
        if (!total.Success)
            throw new FormatException("wrk printed no total:\n" + output);
        long errors = 0;
        foreach (Match match in SocketErrors().Matches(output))
            errors += long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        if (BadStatus().Match(output) is { Success: true } bad)
            errors += long.Parse(bad.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        return new(
            long.Parse(total.Groups["requests"].ValueSpan, CultureInfo.InvariantCulture),
            Microseconds(total.Groups["time"].Value, total.Groups["unit"].Value) / 1e6,
            Percentile(output, "50"),
            Percentile(output, "99"),
            errors);
    }

    static double Percentile(string output, string percent)
    {
        var match = Percentiles().Matches(output).First(match => match.Groups["percent"].Value == percent);
        return Microseconds(match.Groups["time"].Value, match.Groups["unit"].Value);
    }

    static double Microseconds(string time, string unit) => double.Parse(time, CultureInfo.InvariantCulture) * unit switch
    {
        "us" => 1,
        "ms" => 1e3,
        "s" => 1e6,
        "m" => 60e6,
        _ => throw new FormatException($"wrk printed the unit '{unit}'"),
    };

    /// <summary>Every consumer in turn. The requests are made beforehand, so that wrk does not pay for them in the run.</summary>
    static string KeyScript(Launch launch) => $$"""
        local requests, next = {}, 0
        local keys = { {{string.Join(", ", launch.Keys.Select(static key => $"\"{key}\""))}} }
        init = function()
            for i, key in ipairs(keys) do
                requests[i] = wrk.format("GET", nil, { ["apikey"] = key })
            end
        end
        request = function()
            next = next % #requests + 1
            return requests[next]
        end
        """;

    [GeneratedRegex(@"(?<requests>\d+) requests in (?<time>[\d.]+)(?<unit>us|ms|s|m)")]
    private static partial Regex Total();

    [GeneratedRegex(@"^\s+(?<percent>\d+)%\s+(?<time>[\d.]+)(?<unit>us|ms|s|m)\s*$", RegexOptions.Multiline)]
    private static partial Regex Percentiles();

    [GeneratedRegex(@"(?<=Socket errors:.*)(connect|read|write|timeout) (?<count>\d+)")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (?<count>\d+)")]
    private static partial Regex BadStatus();
}
