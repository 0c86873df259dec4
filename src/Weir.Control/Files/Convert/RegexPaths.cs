using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Control;

/// <summary>Paths of Kong 2 that are regular expressions: Kong 3 knows them by a tilde in front.</summary>
static partial class RegexPaths
{
    static readonly SelectorSet Routes = SelectorSet.Of("$.routes[*]", "$.services[*].routes[*]", "$._info.defaults.route");

    public static MapNode Mark(MapNode root) => (MapNode)Tree.Changed(root, Routes.Select(root), static node =>
        node is MapNode route && route.Find("paths") is ListNode paths
            ? route.With("paths", new ListNode(paths.Place, [.. paths.Items.Select(static path => Marked(path))]))
            : node);

    // Kong 2 took every path for an expression that has a character which a plain path has no use for.
    static Node Marked(Node path) => path is ScalarNode { Kind: ScalarKind.Text } scalar && !scalar.Text.StartsWith('~') && !Plain().IsMatch(scalar.Text)
        ? new ScalarNode(scalar.Place, ScalarKind.Text, "~" + scalar.Text)
        : path;

    [GeneratedRegex(@"^[a-zA-Z0-9._~/%-]*$")]
    private static partial Regex Plain();
}
