using Weir.Config;

namespace Weir.Control;

/// <summary><c>weir file convert</c>: files of one version of Kong as another one wants them.</summary>
static class FileConversion
{
    public const string Kong2 = "kong-gateway-2.x";
    public const string Kong3 = "kong-gateway-3.x";
    public const string Kong28 = "2.8";
    public const string Kong34 = "3.4";
    public const string Kong310 = "3.10";

    public static readonly IReadOnlyList<string> Sources = [Kong2, Kong28, Kong34];

    public static readonly IReadOnlyList<string> Targets = [Kong3, Kong34, Kong310];

    public static MapNode? Convert(MapNode root, string from, string to, Report report)
    {
        FormatVersion.Read(root, static name => null, report);
        MapNode? converted = (from, to) switch
        {
            (Kong2, Kong3) => RegexPaths.Mark(root),
            (Kong28, Kong34) => PluginFields.To3(RegexPaths.Mark(root), report),
            (Kong28, Kong310) => PluginFields.To310(PluginFields.To3(RegexPaths.Mark(root), report), report),
            (Kong34, Kong310) => PluginFields.To310(root, report),
            _ => null,
        };
        if (converted is null)
            report.Error(new Place("convert", 0, 0),
                $"there is no conversion from {from} to {to}; there are {Kong2} to {Kong3}, 2.8 to 3.4 and 3.10, 3.4 to 3.10");
        return report.Errors > 0 ? null : converted?.With(FormatVersion.Key, Tree.Text("3.0"));
    }
}
