using System.Globalization;

namespace Weir.Gateway.Plugins;

/// <summary>Numbers as header values. Small ones are made once: what a limit reports is mostly small, and the same for request after request.</summary>
static class NumberText
{
    const int KeptMax = 10_000;

    static readonly string?[] Kept = new string?[KeptMax];

    public static string Of(long number)
    {
        if ((ulong)number >= KeptMax) return number.ToString(CultureInfo.InvariantCulture);
        // Two threads may both make it; the last one wins and nothing is lost.
        return Kept[number] ??= number.ToString(CultureInfo.InvariantCulture);
    }
}
