using System.Text.RegularExpressions;

namespace Weir.House.Tests;

/// <summary>Paths that documents name: in relative links, and in `code` that starts with a folder of the tree. Each must exist.</summary>
static partial class NamedPaths
{
    /// <summary>Dated proposals may name what never came to be.</summary>
    public static bool Applies(SourceFile file) => file.Path.EndsWith(".md", StringComparison.Ordinal) && !file.IsUnder("docs/design");

    public static IEnumerable<Finding> Check(SourceFile file, Func<string, bool> exists)
    {
        var folder = Path.GetDirectoryName(file.Path)!.Replace('\\', '/');
        for (var i = 0; i < file.Lines.Count; i++)
        {
            foreach (Match link in Links().Matches(file.Lines[i]))
            {
                var target = Normalise(folder, link.Groups["target"].Value);
                if (!exists(target))
                    yield return new(file.Path, i + 1, $"links to '{target}', which does not exist");
            }

            foreach (Match code in Quoted().Matches(file.Lines[i]))
            {
                var target = code.Groups["path"].Value.TrimEnd('/');
                if (!exists(target))
                    yield return new(file.Path, i + 1, $"names '{target}', which does not exist");
            }
        }
    }

    static string Normalise(string folder, string target)
    {
        var parts = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part != ".")
                parts.Add(part);
        }

        return string.Join('/', parts);
    }

    /// <summary>A Markdown link whose target is neither an address nor a place on the same page.</summary>
    [GeneratedRegex(@"\]\((?<target>(?![a-z]+:|#|/)[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Links();

    /// <summary>Code that is one path. A placeholder (&lt;name&gt;, *, …, {x}) is no path, and neither is a command with arguments.</summary>
    [GeneratedRegex(@"`(\./)?(?<path>(src|tests|bench|docs|examples|\.ci)/[A-Za-z0-9_./-]*)(:[0-9]+)?`")]
    private static partial Regex Quoted();
}
