using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Bench.Load;

/// <summary>Saturation over HTTP/1.1 by wrk: one thread, closed loop, as many connections as the options say.</summary>
sealed partial class Wrk : Load
{
    public override string Title => "wrk -t1";

    /// <summary>A header line that every request has.</summary>
    public string Header { get; init; } = "";

    /// <summary>An answer that takes longer is a failure.</summary>
    public int TimeoutSeconds { get; init; } = 2;

    /// <summary>Whether it keeps what the gateway says in answers that are no success. It costs wrk time for every answer.</summary>
    public bool KeepsAnswers { get; init; }

    public override async Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel)
    {
        var answers = Path.Combine(site.Folder, $"answers-{Guid.NewGuid():N}.txt");
        List<string> arguments = ["-t1", $"-c{options.Connections}", $"-d{seconds}s", $"--timeout={TimeoutSeconds}s", "--latency"];
        if (Header.Length > 0)
            arguments.AddRange(["-H", Header]);
        var script = (launch.Request is { Method: "GET", Headers.Count: 0 } ? "" : RequestScript(launch.Request))
            + (launch.Keys.Count > 0 ? KeyScript(launch) : "") + (KeepsAnswers ? AnswersScript(answers) : "");
        if (script.Length > 0)
            arguments.AddRange(["-s", site.Write(Path.ChangeExtension(Path.GetFileName(answers), ".lua"), script)]);
        arguments.Add(launch.Target.ToString());

        return Parse(await Tool.RunAsync("wrk", arguments, cancel), File.Exists(answers) ? await File.ReadAllLinesAsync(answers, cancel) : []);
    }

    static LoadResult Parse(string output, string[] answers)
    {
        var total = Total().Match(output);
        if (!total.Success)
            throw new FormatException("wrk printed no total:\n" + output);
        var failures = new Failures();
        foreach (Match match in SocketErrors().Matches(output))
            failures.Add(match.Groups["kind"].Value, long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture));
        var bad = BadStatus().Match(output) is { Success: true } status ? long.Parse(status.Groups["count"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        foreach (var answer in answers)
            failures.Add(answer, 1);
        failures.Add("other answers that were no success", bad - answers.Length);
        var longest = Longest().Match(output);
        return new(
            long.Parse(total.Groups["requests"].ValueSpan, CultureInfo.InvariantCulture),
            Microseconds(total.Groups["time"].Value, total.Groups["unit"].Value) / 1e6,
            Percentile(output, "50"),
            Percentile(output, "99"),
            failures.Count)
        {
            Failures = failures,
            LongestUs = Microseconds(longest.Groups["time"].Value, longest.Groups["unit"].Value),
        };
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

    static string RequestScript(Request request) => $"""
        wrk.method = "{request.Method}"
        wrk.body = [==[{request.Body}]==]
        {string.Join('\n', request.Headers.Select(static header => $"wrk.headers[\"{header.Name}\"] = \"{header.Value}\""))}

        """;

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

    /// <summary>A line for each answer that is no success: its status, and the beginning of its body.</summary>
    static string AnswersScript(string path) => $$"""
        local file, left = nil, 1000
        response = function(status, headers, body)
            if status ~= 200 and left > 0 then
                left = left - 1
                file = file or io.open("{{path}}", "a")
                file:write(status, " ", (body:gsub('"request_id":"[^"]*"', ""):gsub("%s+", " "):sub(1, 100)), "\n")
                file:flush()
            end
        end
        """;

    [GeneratedRegex(@"(?<requests>\d+) requests in (?<time>[\d.]+)(?<unit>us|ms|s|m)")]
    private static partial Regex Total();

    [GeneratedRegex(@"^\s+Latency\s+\S+\s+\S+\s+(?<time>[\d.]+)(?<unit>us|ms|s|m)\s", RegexOptions.Multiline)]
    private static partial Regex Longest();

    [GeneratedRegex(@"^\s+(?<percent>\d+)%\s+(?<time>[\d.]+)(?<unit>us|ms|s|m)\s*$", RegexOptions.Multiline)]
    private static partial Regex Percentiles();

    [GeneratedRegex(@"(?<=Socket errors:.*)(?<kind>connect|read|write|timeout) (?<count>\d+)")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (?<count>\d+)")]
    private static partial Regex BadStatus();
}
