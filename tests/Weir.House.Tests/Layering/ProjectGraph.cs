using System.Xml.Linq;

namespace Weir.House.Tests;

/// <summary>Which project of src/ may reference which: downwards only, and traffic kinds never each other.</summary>
static class ProjectGraph
{
    static readonly string[] Homes = ["Weir.Identity", "Weir.Limits", "Weir.Telemetry", "Weir.Language"];
    static readonly string[] Traffic = ["Weir.Gateway", "Weir.Ai", "Weir.Agents", "Weir.Events", "Weir.Mesh", "Weir.Control"];

    /// <summary>The one executable; its assembly is named after the command.</summary>
    const string Server = "Weir.Server";

    public static IReadOnlyCollection<string> Known { get; } = ["Weir.Sdk", "Weir.Config", .. Homes, .. Traffic, Server];

    /// <summary>What a project may reference, or null for a project that the house does not have.</summary>
    public static IReadOnlyCollection<string>? AllowedFor(string project) => project switch
    {
        "Weir.Sdk" => [],
        "Weir.Config" => ["Weir.Sdk"],
        Server => ["Weir.Sdk", "Weir.Config", .. Homes, .. Traffic],
        _ when Homes.Contains(project) => ["Weir.Sdk", "Weir.Config"],
        _ when Traffic.Contains(project) => ["Weir.Sdk", "Weir.Config", .. Homes],
        _ => null,
    };

    public static IEnumerable<Finding> Check(SourceFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        if (AllowedFor(name) is not { } allowed)
        {
            yield return new(project.Path, 0, $"'{name}' has no place in the layering; known: {string.Join(", ", Known)}");
            yield break;
        }

        var list = allowed.Count == 0 ? "nothing" : string.Join(", ", allowed);
        var xml = XDocument.Parse(project.Text);
        foreach (var reference in xml.Descendants("ProjectReference"))
        {
            var target = Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/'));
            if (!allowed.Contains(target))
                yield return new(project.Path, 0, $"{name} must not reference {target}; allowed: {list}");
        }

        foreach (var friend in xml.Descendants("InternalsVisibleTo"))
        {
            // Internals are shown upwards only: to a project that may reference this one.
            var target = (string?)friend.Attribute("Include") ?? "";
            var asProject = target == "weir" ? Server : target;
            if (Known.Contains(asProject) && !AllowedFor(asProject)!.Contains(name))
                yield return new(project.Path, 0, $"{name} must not show its internals to {target}, which may not reference it");
        }
    }
}
