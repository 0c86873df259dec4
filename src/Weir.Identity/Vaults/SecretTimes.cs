using System.Globalization;
using Weir.Config;

namespace Weir.Identity;

/// <summary>How long what a vault said holds.</summary>
/// <param name="Ttl">Life of a secret; null for no end.</param>
/// <param name="NegTtl">Time before a secret that was not there is asked for again; null for the usual.</param>
/// <param name="ResurrectTtl">Time that a secret stays in use beyond its life when it cannot be had again.</param>
sealed record SecretTimes(TimeSpan? Ttl, TimeSpan? NegTtl, TimeSpan ResurrectTtl)
{
    /// <summary>Time before a secret that was not there is asked for again, where nobody says.</summary>
    public static readonly TimeSpan NegTtlDefault = TimeSpan.FromMinutes(1);

    /// <summary>Kong's, in seconds: about three years.</summary>
    public const double ResurrectDefault = 1e8;

    /// <summary>The settings of a vault, with what the reference says instead.</summary>
    public static SecretTimes Of(RemoteVaultSettings settings, IReadOnlyDictionary<string, string> options) => new(
        Some(Asked(options, "ttl") ?? settings.Ttl),
        Some(Asked(options, "neg_ttl") ?? settings.NegTtl),
        TimeSpan.FromSeconds(Asked(options, "resurrect_ttl") ?? settings.ResurrectTtl ?? ResurrectDefault));

    static double? Asked(IReadOnlyDictionary<string, string> options, string name) =>
        options.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? Math.Min(seconds, 1e9)
            : null;

    static TimeSpan? Some(double? seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds.Value) : null;
}
