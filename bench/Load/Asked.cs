using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>A bound that Weir is to keep in one row.</summary>
/// <param name="Text">The bound in words.</param>
/// <param name="Max">What the median of all rounds is not to exceed.</param>
/// <param name="Seen">The value of one run, given nginx's run of the same round.</param>
sealed record Asked(string Text, double Max, Func<Run, Run?, double> Seen)
{
    public static Asked CpuRatio(double max) => new(
        string.Create(CultureInfo.InvariantCulture, $"CPU per request at most {max:0.00} of nginx's"), max, static (run, nginx) => run.CpuUs / nginx!.CpuUs);

    public static Asked P99Ratio(double max) => new(
        string.Create(CultureInfo.InvariantCulture, $"p99 at most {max:0.0} of nginx's"), max, static (run, nginx) => run.P99Us / nginx!.P99Us);

    public static Asked P99Us(double max) => new(
        string.Create(CultureInfo.InvariantCulture, $"p99 at most {max:0} µs"), max, static (run, _) => run.P99Us);
}
