using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Config;
using Weir.Config.Tests;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>What decK sends for its own documents, and whether it would find a difference afterwards.</summary>
public sealed class DeckReplayTests(ITestOutputHelper output)
{
    static readonly AdminNode Node = new("0.1.0", "test", Guid.Empty, [], static () => [], static () => null);

    static readonly ReadOptions Options = SyncedPlane.Options with { AllowUnknownPlugins = false };

    /// <summary>What decK has no words for.</summary>
    static readonly string[] NotOfDeck = ["models", "ai_models", "budgets", "virtual_keys", "model_providers", "policies"];

    [Fact]
    public async Task Every_entity_is_taken_and_a_second_look_finds_no_difference()
    {
        List<string> wrong = [];
        var (documents, entities) = (0, 0);
        foreach (var document in Corpus.Cases().Where(static document => document.Path.StartsWith("deck-testdata", StringComparison.Ordinal)))
        {
            if (document.Read(Options).Document is null || document.Root(Options) is not { } root) continue;
            if (root.Entries.Any(static entry => NotOfDeck.Contains(entry.Key))) continue;
            var rows = DocumentReader.ReadRows(root, Options);
            await using var plane = await SyncedPlane.OpenAsync();
            var deck = new DeckClient(new AdminApi(plane.Plane, Node));
            var wanted = await deck.WantedAsync(rows);
            documents++;
            entities += wanted.Count;
            foreach (var (kind, id, entity) in wanted)
                if (await deck.PutAsync(kind, id, entity) is { Status: >= 400 } refused) wrong.Add($"{document.Path}: {kind} {entity}: {refused.Text}");
            foreach (var kind in wanted.Select(static each => each.Kind).Distinct())
            {
                var current = await deck.ListAsync(kind);
                foreach (var (_, id, entity) in wanted.Where(each => each.Kind == kind))
                {
                    var isWhole = kind == ControlKinds.Services || kind == ControlKinds.Upstreams || kind == ControlKinds.Plugins;
                    if (!current.TryGetValue(id, out var there)) wrong.Add($"{document.Path}: {kind} {id} is not there");
                    else if (DeckClient.Difference(Seen(kind, entity), Seen(kind, there), isWhole: isWhole) is { } difference)
                        wrong.Add($"{document.Path}: {kind}{difference}");
                }
            }
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{documents} documents, {entities} entities, {wrong.Count} wrong"));
        foreach (var line in wrong.Take(60)) output.WriteLine(line);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(60)));
        Assert.True(documents > 100, $"only {documents} documents found");
    }

    /// <summary>As decK compares it: old names of settings go when the file has none of them.</summary>
    static JsonObject Seen(ControlKind kind, JsonObject entity)
    {
        var seen = entity.DeepClone().AsObject();
        if (kind == ControlKinds.Services) seen.Remove("url");
        // decK writes addresses in full before it compares.
        if (kind == ControlKinds.Targets && TargetChecks.Normalize(seen["target"]!.ToString()) is { } full) seen["target"] = full;
        // Kong stores a hash of nothing as round-robin; decK finds that difference with Kong too.
        if (kind == ControlKinds.Upstreams && seen["hash_on"]?.ToString() == "none" && seen["algorithm"]?.ToString() == "consistent-hashing")
            seen["algorithm"] = "round-robin";
        if (kind == ControlKinds.Plugins && seen["config"] is JsonObject config && Options.Plugins.TryGetValue(seen["name"]!.ToString(), out var plugin))
            Forget(config, Shape.Of(plugin.ConfigType));
        return seen;
    }

    static void Forget(JsonObject record, Shape shape)
    {
        foreach (var (name, path) in shape.Shorthands)
        {
            if (shape.Fields.ContainsKey(name) || record[name] is not { } old) continue;
            record.Remove(name);
            var at = record;
            foreach (var step in path[..^1])
            {
                if (at[step] is not JsonObject inner) at[step] = inner = [];
                at = inner;
            }
            if (at[path[^1]] is null) at[path[^1]] = old.DeepClone();
        }
        foreach (var field in shape.Order)
            if (record[field.Name] is JsonObject inner && field.Shape.Kind == ShapeKind.Record) Forget(inner, field.Shape);
    }
}
