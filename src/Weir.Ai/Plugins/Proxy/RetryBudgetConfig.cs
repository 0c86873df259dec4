using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Weir.Ai.Plugins;

/// <summary>How much further tries may add to a route's calls, so that retries do not bury a provider that is in trouble. Weir's own.</summary>
sealed record RetryBudgetConfig
{
    [Description("Further tries in a window, at most, as a percentage of its calls; other keys count as other targets do."), Range(0, 1000)]
    public int Percentage { get; init; } = 20;

    [Description("Length of the window, in milliseconds."), Range(1_000, 3_600_000)]
    public int Window { get; init; } = 10_000;

    [Description("Further tries that each window allows whatever its calls: routes with few calls need some."), Range(0, 10_000)]
    public int TriesMin { get; init; } = 3;
}
