using System.CommandLine;

namespace Weir.Bench.Load;

/// <summary>How long, how often and what.</summary>
/// <param name="Rounds">Measured runs of each subject. The order is reversed from one round to the next.</param>
/// <param name="RunSeconds">Length of a measured run.</param>
/// <param name="WarmUpSeconds">Load before the first round: the JIT's second tier needs some seconds.</param>
/// <param name="Starts">How often each subject is started to take its start-up time.</param>
/// <param name="Connections">Keep-alive connections of wrk; each has one request under way.</param>
/// <param name="Systems">Gateways to run; nginx always runs, as the reference. Empty: all but weir, which is one of its two transports.</param>
/// <param name="Rows">Tables to run. Empty: all.</param>
/// <param name="JsonPath">Where every run is written.</param>
/// <param name="WeirPath">The Weir to measure.</param>
/// <param name="SoakMinutes">Length of a soak of each Weir, instead of the tables; 0: none.</param>
/// <param name="IdleConnections">Idle connections to open to each Weir, instead of the tables; 0: none.</param>
sealed record Options(
    int Rounds, int RunSeconds, int WarmUpSeconds, int Starts, int Connections, IReadOnlyList<string> Systems, IReadOnlyList<string> Rows, string JsonPath,
    string WeirPath, double SoakMinutes, int IdleConnections)
{
    const int SoakMinutesMax = 24 * 60;
    const int IdleConnectionsMax = 1_000_000;

    /// <summary>The command line. <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Command(string root, Func<Options, CancellationToken, Task<int>> run)
    {
        var rounds = Number("--rounds", 5, "Measured runs of each subject; the order is reversed each round.");
        var seconds = Number("--seconds", 5, "Length of a measured run.");
        var warmUp = Number("--warm-up", 10, "Seconds of load before the first round.");
        var connections = Number("--connections", 64, "Keep-alive connections of wrk.");
        var only = List("--only", $"Systems to run besides nginx: {string.Join(", ", Gateway.All.Select(static gateway => gateway.Name))}.");
        var rows = List("--rows", $"Tables to run: {string.Join(", ", Row.All.Select(static row => row.Name))}.");
        var json = new Option<string>("--json")
        {
            Description = "Where every run is written.",
            DefaultValueFactory = _ => Path.Combine(root, "artifacts", "bench", "load.json"),
        };
        var weir = new Option<string>("--weir")
        {
            Description = "The executable to measure, when it is not this tree's.",
            DefaultValueFactory = _ => Path.Combine(root, "artifacts", "bin", "Weir.Server", "release", "weir"),
        };
        var check = new Option<bool>("--check") { Description = "One round of one second: proves that the harness and the systems work." };
        var soak = new Option<double>("--soak")
        {
            Description = "Minutes, such as 10 or 0.5: loads each Weir with connections that come, go, break and read slowly, and fails when something leaks.",
        };
        soak.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= SoakMinutesMax))
                result.AddError($"--soak takes minutes, more than 0 and at most {SoakMinutesMax}");
        });
        var idle = new Option<int>("--idle")
        {
            Description = "A number such as 100000: opens so many idle connections to each Weir, or as many as the machine permits, and prints what one holds.",
        };
        idle.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is not (> 0 and <= IdleConnectionsMax))
                result.AddError($"--idle takes a number of connections from 1 to {IdleConnectionsMax}");
        });
        only.Validators.Add(result => Refuse(result, only, Gateway.All.Select(static gateway => gateway.Name)));
        rows.Validators.Add(result => Refuse(result, rows, Row.All.Select(static row => row.Name)));

        var command = new RootCommand("CPU per request, throughput, latency, memory and start-up of Weir beside nginx and HAProxy, in interleaved rounds.")
        {
            rounds, seconds, warmUp, connections, only, rows, json, weir, check, soak, idle,
            BusyNeighbours.Command(), Holder.Command(), PacedUpstream.Command(),
        };
        command.SetAction((parsed, cancel) =>
        {
            var brief = parsed.GetValue(check);
            return run(
                new(
                    brief ? 1 : parsed.GetValue(rounds), brief ? 1 : parsed.GetValue(seconds), brief ? 0 : parsed.GetValue(warmUp), brief ? 1 : 3,
                    parsed.GetValue(connections), parsed.GetValue(only) ?? [], parsed.GetValue(rows) ?? [], parsed.GetValue(json)!,
                    parsed.GetValue(weir)!, parsed.GetValue(soak), parsed.GetValue(idle)),
                cancel);
        });
        return command;
    }

    static Option<int> Number(string name, int @default, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => @default };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} takes a number from 1");
        });
        return option;
    }

    static Option<string[]> List(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = static result => [.. result.Tokens.SelectMany(static token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))],
        DefaultValueFactory = static _ => [],
    };

    static void Refuse(System.CommandLine.Parsing.OptionResult result, Option<string[]> option, IEnumerable<string> known)
    {
        foreach (var unknown in (result.GetValue(option) ?? []).Except(known))
            result.AddError($"{option.Name} knows no '{unknown}'; there are: {string.Join(", ", known)}");
    }
}
