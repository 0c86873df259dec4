using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Weir.Ai.Plugins;

/// <summary>Tries a target out with some of the calls. A call must meet all of what is set. Weir's own.</summary>
sealed record CanaryConfig
{
    [Description("Share of those calls that the target gets. The same consumer, or value of balancer.hash_on_header, always meets the same side."),
        Range(0.0, 100.0)]
    public double Percentage { get; init; } = 100;

    [Description("Only calls of consumers in one of these groups, by name or id."), Set]
    public IReadOnlyList<string> ConsumerGroups { get; init; } = [];

    [Description("Only calls with this header.")]
    public CanaryHeader? Header { get; init; }
}

/// <summary>A header that sends a call to a canary.</summary>
sealed record CanaryHeader
{
    [Description("Name of the header."), Format(TextFormat.HeaderName)]
    public required string Name { get; init; }

    [Description("Values of it that count; none: any.")]
    public IReadOnlyList<string> Values { get; init; } = [];
}
