using System.Globalization;
using Weir.Config;

namespace Weir.Control;

/// <summary>The <c>_format_version</c> of a file.</summary>
readonly record struct FormatVersion(int Major, int Minor)
{
    public const string Key = "_format_version";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>The version of a file; null when it says none, or one that is reported because it cannot be read.</summary>
    public static FormatVersion? Read(MapNode root, Func<string, string?> environment, Report report)
    {
        if (root.Find(Key) is not { } node) return null;
        if (node is not ScalarNode { Kind: ScalarKind.Text } scalar)
        {
            report.Error(node.Place, "", Key, $"a text is expected, as in \"3.0\", found {node.Describe()}");
            return null;
        }
        if (Filled(scalar, environment, report) is not { } text) return null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            return new FormatVersion(major, minor);
        report.Error(node.Place, "", Key, $"two numbers are expected, as in \"3.0\", found \"{text}\"");
        return null;
    }

    /// <summary>Checks the version of a file that says what a tool has to do: <c>1.0</c>, or none.</summary>
    public static void CheckOfTool(MapNode root, Report report)
    {
        if (Read(root, static _ => null, report) is { } version && version.Major != 1)
            report.Error(root.Find(Key)!.Place, "", Key, $"\"1.0\" is expected, found \"{version}\"");
    }

    static string? Filled(ScalarNode scalar, Func<string, string?> environment, Report report)
    {
        var own = new Report(1);
        var text = EnvTemplate.Fill(scalar.Place.File, scalar.Text, environment, own);
        foreach (var problem in own.Problems()) report.Error(scalar.Place, "", Key, problem.Message);
        return own.Errors == 0 ? text : null;
    }
}
