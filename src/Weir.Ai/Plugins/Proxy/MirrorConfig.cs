using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Weir.Ai.Plugins;

/// <summary>
/// Sends copies of calls to another target when they are over. Nobody gets the answers: what they used and cost is in the ledger, marked. Weir's own.
/// </summary>
sealed record MirrorConfig
{
    [Description("Where the copies go.")]
    public required TargetConfig Target { get; init; }

    [Description("Share of the calls that are copied."), Range(0.0, 100.0)]
    public double Percentage { get; init; } = 100;

    [Description("Most copies under way at a time; calls beyond are not copied, and counted."), Range(1, 10_000)]
    public int ConcurrencyMax { get; init; } = 16;

    [Description("How long a copy may take, in milliseconds."), Range(1, 3_600_000)]
    public int Timeout { get; init; } = 120_000;
}
