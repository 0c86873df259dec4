using System.Xml.Linq;

namespace Weir.House.Tests;

/// <summary>What may lie where: the root, the solution, and no binaries anywhere.</summary>
static class PlaceRules
{
    static readonly HashSet<string> RootNames =
    [
        "README.md", "LICENSE", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "NOTICE", "Weir.slnx", "global.json", "weir", "test",
        "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "BannedSymbols.txt", ".gitignore", ".gitattributes", "nuget.config",
        "src", "tests", "bench", "docs", "examples", "console", ".ci", ".github",
    ];

    public static IEnumerable<Finding> CheckRoot(IEnumerable<string> paths) =>
        from name in paths.Select(static path => path.Split('/')[0]).Distinct()
        where !RootNames.Contains(name)
        select new Finding(name, 0, "has no place in the root; put it in a folder, or add it to the list in PlaceRules");

    /// <summary>git calls a file binary when it holds a NUL, and so do we.</summary>
    public static IEnumerable<Finding> CheckBinary(string path, ReadOnlySpan<byte> bytes) =>
        bytes.Contains((byte)0) ? [new(path, 0, "is binary; make it where it is needed")] : [];

    /// <summary>What is not in the solution is not built, and what is not built is not tested.</summary>
    public static IEnumerable<Finding> CheckSolution(SourceFile solution, IEnumerable<string> projects)
    {
        var listed = XDocument.Parse(solution.Text).Descendants("Project").Select(static project => (string?)project.Attribute("Path") ?? "").ToHashSet();
        foreach (var project in projects)
        {
            if (!listed.Remove(project))
                yield return new(project, 0, $"is not in {solution.Path}, so ./test does not build it");
        }

        foreach (var missing in listed)
            yield return new(solution.Path, 0, $"names {missing}, which does not exist");
    }
}
