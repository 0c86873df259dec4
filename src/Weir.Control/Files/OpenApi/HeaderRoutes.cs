using Weir.Config;

namespace Weir.Control;

/// <summary>Combinations of values of headers that have an enum: a route each, so that Kong can tell versions of an operation apart.</summary>
static class HeaderRoutes
{
    /// <summary>A document with a few headers of a few values must not become a million routes.</summary>
    public const int RoutesMax = 1000;

    /// <summary>The combinations, as the <c>headers</c> of routes; empty when no header has an enum.</summary>
    public static IReadOnlyList<MapNode> Combine(OpenApiDocument document, IReadOnlyList<MapNode> parameters, bool withOptional, Node at)
    {
        var headers = parameters
            .Where(parameter => parameter.FindText("in") == "header" && (withOptional || parameter.Find("required").IsTrue()))
            .Select(parameter => (Name: parameter.FindText("name") ?? "", Values: document.Follow(parameter.Find("schema"))?.Find("enum") as ListNode))
            .Where(static header => header.Values is { Items.Count: > 0 })
            .ToList();
        if (headers.Count == 0) return [];
        IReadOnlyList<MapNode> combinations = [Tree.Map()];
        foreach (var (name, values) in headers)
        {
            if ((long)combinations.Count * values!.Items.Count > RoutesMax)
            {
                document.Report.Error(at.Place, "", "parameters", $"headers with an enum make more than {RoutesMax} routes; --skip-route-by-header makes none");
                return [];
            }
            combinations = [.. combinations.SelectMany(made => values.Items.Select(value => made.With(name, Tree.Texts([value.Scalar() ?? ""]))))];
        }
        return combinations;
    }
}
