using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Bench.Load;

/// <summary>Saturation over HTTP/1.1 by wrk: one thread, closed loop, as many connections as the options say.</summary>
sealed partial class Wrk : Load
{
    public override string Title => "wrk -t1";

    /// <summary>A header line that every request has.</summary>
    public string Header { get; init; } = "";

    public override async Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel)
    {
        List<string> arguments = ["-t1", $"-c{options.Connections}", $"-d{seconds}s", "--latency"];
        if (Header.Length > 0)
            arguments.AddRange(["-H", Header]);
        if (launch.Keys.Count > 0)
            arguments.AddRange(["-s", site.Write("keys.lua", KeyScript(launch))]);
        arguments.Add(launch.Target.ToString());

        return Parse(await Tool.RunAsync("wrk", arguments, cancel));
    }

    public static LoadResult Parse(string output)
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
