using System.Globalization;

namespace Weir.Control;

/// <summary>How far the versions of a control plane and a gateway may be apart: one minor version, either way.</summary>
static class VersionGap
{
    const int MinorsMax = 1;

    /// <summary>Why a gateway of one version cannot follow a control plane of another; empty when it can.</summary>
    public static string Problem(string control, string gateway)
    {
        if (Parse(gateway) is not { } theirs) return $"the gateway says that its version is '{gateway}', which is none";
        // A control plane that was built without a version takes everybody.
        if (Parse(control) is not { } own) return "";
        if (own.Major == theirs.Major && Math.Abs(own.Minor - theirs.Minor) <= MinorsMax) return "";
        var older = own.CompareTo(theirs) > 0 ? "the gateway" : "the control plane";
        return $"the control plane is version {control}, this gateway {gateway}: they may be one minor version apart, not more; "
            + $"bring {older} nearer to the other. The gateway serves what it has";
    }

    static (int Major, int Minor)? Parse(string version)
    {
        var numbers = version.Split('-', '+')[0].Split('.');
        if (numbers.Length < 2) return null;
        return int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? (major, minor) : null;
    }
}
