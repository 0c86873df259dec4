using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>A bound that Weir is to keep in one row.</summary>
/// <param name="Text">The bound in words.</param>
/// <param name="Max">What the median of all rounds is not to exceed.</param>
/// <param name="Seen">The value of one run, given the run of the same round that it is compared with.</param>
sealed record Asked(string Text, double Max, Func<Run, Run?, double> Seen)
{
    /// <summary>The only system that it holds for; empty: all of Weir's.</summary>
    public string System { get; private init; } = "";

    /// <summary>What it is compared with; null: nginx in the row that the row refers to.</summary>
    public (string System, string Row)? Other { get; private init; }

    public static Asked CpuRatio(double max) => new(Invariant($"CPU at most {max:0.###} of nginx's"), max, static (run, other) => run.CpuUs / other!.CpuUs);

    public static Asked P99Ratio(double max) => new(Invariant($"p99 at most {max:0.0} of nginx's"), max, static (run, other) => run.P99Us / other!.P99Us);

    public static Asked P99Us(double max) => new(Invariant($"p99 at most {max:0} µs"), max, static (run, _) => run.P99Us);

    public static Asked AddedP50Us(double max) => new(
        Invariant($"p50 at most {max:0} µs more than without a gateway"), max, static (run, _) => run.P50Us - run.Direct!.Value.P50Us);

    public static Asked LongestMs(double max) => new(Invariant($"longest at most {max:0} ms"), max, static (run, _) => run.LongestUs / 1000);

    /// <summary>The bound holds for one system only.</summary>
    public Asked On(string system) => this with { System = system };

    /// <summary>The same bound, against the run of another system or row; an empty <paramref name="system"/> is the one that is measured.</summary>
    public Asked Against(string system, string row) => this with
    {
        Text = Text.Replace("nginx's", system.Length == 0 ? $"its own in {row}" : $"{system}'s", StringComparison.Ordinal),
        Other = (system, row),
    };

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
