using System.Text.RegularExpressions;

namespace Weir.Control;

/// <summary>The path of an operation as the regular expression of a route: parameters are groups that match one segment.</summary>
sealed partial record RoutePath(string Pattern, bool HasParameters)
{
    /// <summary>PCRE's limit for names of groups.</summary>
    public const int NameCharsMax = 31;

    /// <summary>The expression; null when the name of a parameter is too long.</summary>
    public static RoutePath? Read(string path, KongNames names, Func<string, bool> mayBeEmpty)
    {
        var (tooLong, any) = (false, false);
        var pattern = Parameter().Replace(Special().Replace(path, @"\$0"), match =>
        {
            any = true;
            // What was escaped within the braces is part of a name.
            var parameter = match.Groups["name"].Value.Replace("\\", "", StringComparison.Ordinal);
            var name = names.Capture(parameter);
            tooLong |= name.Length > NameCharsMax;
            return $"(?<{name}>[^#?/]{(mayBeEmpty(parameter) ? '*' : '+')})";
        });
        return tooLong ? null : new RoutePath($"~{pattern}$", any);
    }

    [GeneratedRegex(@"[().+?*\[$]")]
    private static partial Regex Special();

    [GeneratedRegex(@"\{(?<name>[^}]+)\}")]
    private static partial Regex Parameter();
}
