using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// The kinds, plugins and fields that a version knows: read off the records that its configuration is read with, so that there is no list of versions and their
/// fields to keep.
/// </summary>
sealed class Vocabulary
{
    readonly SortedDictionary<string, FieldTree> _kinds;
    readonly SortedDictionary<string, FieldTree> _plugins;

    Vocabulary(SortedDictionary<string, FieldTree> kinds, SortedDictionary<string, FieldTree> plugins)
    {
        (_kinds, _plugins) = (kinds, plugins);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson().ToJsonString())));
    }

    /// <summary>Two versions with the same one understand each other without translation.</summary>
    public string Hash { get; }

    /// <summary>What this version knows, with these plugins.</summary>
    public static Vocabulary Of(ReadOptions read)
    {
        var kinds = new SortedDictionary<string, FieldTree>(StringComparer.Ordinal);
        foreach (var kind in FollowKinds.Sent) kinds[kind.Name] = FieldTree.Of(Shape.Of(kind.Type));
        var plugins = new SortedDictionary<string, FieldTree>(StringComparer.Ordinal);
        foreach (var (name, plugin) in read.Plugins) plugins[name] = FieldTree.Of(Shape.Of(plugin.ConfigType));
        return new Vocabulary(kinds, plugins);
    }

    public FieldTree? Kind(string name) => _kinds.GetValueOrDefault(name);

    public FieldTree? Plugin(string name) => _plugins.GetValueOrDefault(name);

    public JsonObject ToJson() => new() { ["kinds"] = Json(_kinds), ["plugins"] = Json(_plugins) };

    /// <exception cref="StreamBrokenException">It is none.</exception>
    public static Vocabulary Read(JsonObject json) => new(Trees(json["kinds"]), Trees(json["plugins"]));

    static JsonObject Json(SortedDictionary<string, FieldTree> trees)
    {
        var json = new JsonObject();
        foreach (var (name, tree) in trees) json[name] = tree.ToJson();
        return json;
    }

    static SortedDictionary<string, FieldTree> Trees(JsonNode? json)
    {
        if (json is not JsonObject record) throw new StreamBrokenException("a vocabulary has kinds and plugins");
        var trees = new SortedDictionary<string, FieldTree>(StringComparer.Ordinal);
        foreach (var (name, tree) in record) trees[name] = FieldTree.Read(tree);
        return trees;
    }
}
