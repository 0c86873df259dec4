using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>What entities and settings look like, and whether one is as it should be.</summary>
sealed class SchemaEndpoints(ControlPlane plane)
{
    readonly KongSchema _schemas = new(plane.Parts.Read.Compat);

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/schemas/{entity}", "schemas",
        [
            new Operation("GET", Need.SignedIn, "Describes the fields of a kind of entity.",
                call => Show(Named(call[0]) is { } kind ? _schemas.Of(kind) : null)),
        ]);
        yield return new Endpoint("/schemas/{entity}/validate", "schemas",
            [new Operation("POST", Need.SignedIn, "Says whether an entity could be added, without adding it.", ValidateAsync) { HasBody = true }]);
        yield return new Endpoint("/schemas/plugins/{plugin}", "schemas",
            [new Operation("GET", Need.SignedIn, "Describes the settings of a plugin.", PluginAsync)]);
        yield return new Endpoint("/plugins/schema/{plugin}", "schemas",
            [new Operation("GET", Need.SignedIn, "Describes the settings of a plugin, at an old path.", PluginAsync)]);
        yield return new Endpoint("/schemas/vaults/{vault}", "schemas",
            [new Operation("GET", Need.SignedIn, "Describes the settings of a kind of vault.", call => Show(_schemas.OfVault(call[0])))]);
        yield return new Endpoint("/schemas/partials/{type}", "schemas",
        [
            new Operation("GET", Need.SignedIn, "Describes the settings in partials of a type.",
                call => Show(_schemas.OfPartial(call[0], plane.Parts.Read.Plugins.Values))),
        ]);
    }

    Task<Reply> PluginAsync(AdminCall call) =>
        Show(plane.Parts.Read.Plugins.TryGetValue(call[0], out var plugin) ? _schemas.OfPlugin(plugin) : null);

    static Task<Reply> Show(JsonObject? schema) => Task.FromResult(schema is null ? Reply.NotFound : Reply.Json(200, schema));

    static ControlKind? Named(string name) => ControlKinds.Named(name) ?? ControlKinds.AtPath(name);

    async Task<Reply> ValidateAsync(AdminCall call)
    {
        if (Named(call[0]) is not { } kind) return Reply.NotFound;
        var (body, problem) = await call.ReadBodyAsync(kind);
        if (body is null) return problem!;
        var problems = Problems(kind, body);
        return problems.Count > 0 ? Reply.Of(Refusal.Violation(problems)) : Reply.Message(200, "schema validation successful");
    }

    /// <summary>What is wrong with an entity by itself. What it refers to may not be there yet, so that is not looked at.</summary>
    List<(string Field, string Message)> Problems(ControlKind kind, MapNode body)
    {
        List<(string Field, string Message)> problems = [];
        var node = Generated.Fill(kind, EntityChanges.WithoutNames(kind, body), null);
        HashSet<string> given = [];
        foreach (var reference in kind.References)
        {
            if (node.Find(reference.Field) is null or ScalarNode { Kind: ScalarKind.Null })
            {
                if (reference.IsRequired) problems.Add((reference.Field, "required field missing"));
            }
            else if (node.Find(reference.Field) is not (MapNode or ScalarNode { Kind: ScalarKind.Text }))
            {
                problems.Add((reference.Field, "expected a record"));
            }
            given.Add(reference.Field);
            node = node.Without(reference.Field);
        }
        if (kind.Config is null)
        {
            _ = OwnKinds.Complete(kind, node, plane.Parts.Check, problems);
            return problems;
        }
        var document = new MapNode(default,
            [new MapEntry("_format_version", default, Nodes.Text("3.0")), new MapEntry(kind.Name, default, new ListNode(default, [node]))]);
        foreach (var found in DocumentReader.ReadRows(document, plane.Parts.Check).Problems)
            if (found.Severity == Severity.Error && !given.Contains(found.Field))
                problems.Add((found.Field, found.Message));
        return problems;
    }
}
