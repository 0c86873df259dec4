using Weir.Config;

namespace Weir.Control;

/// <summary>The tags of entities in a file: added, removed and listed.</summary>
static class FileTags
{
    const string Field = "tags";

    /// <summary>The tags in use, each once, sorted.</summary>
    public static IReadOnlyList<string> List(MapNode root, SelectorSet entities) =>
        [.. Owners(root, entities).SelectMany(static owner => ((MapNode)owner).Find(Field).Strings()).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The file with these tags on every entity, behind those that it has.</summary>
    public static MapNode Add(MapNode root, SelectorSet entities, IReadOnlyList<string> tags) => Change(root, entities, owner =>
        owner.With(Field, Tree.Texts(owner.Find(Field).Strings().Concat(tags).Distinct())));

    /// <summary>The file without these tags, or without all others; lists that are empty then go too, unless they are kept.</summary>
    public static MapNode Remove(MapNode root, SelectorSet entities, IReadOnlyList<string> tags, bool keepOnly, bool keepEmpty) =>
        Change(root, entities, owner =>
        {
            if (owner.Find(Field) is not ListNode list) return owner;
            var left = list.Strings().Where(tag => tags.Contains(tag) == keepOnly).ToList();
            return left.Count == 0 && !keepEmpty ? owner.Without(Field) : owner.With(Field, Tree.Texts(left));
        });

    static MapNode Change(MapNode root, SelectorSet entities, Func<MapNode, MapNode> change) =>
        (MapNode)Tree.Changed(root, Owners(root, entities), node => change((MapNode)node));

    static HashSet<Node> Owners(MapNode root, SelectorSet entities)
    {
        var chosen = entities.Select(root);
        chosen.RemoveWhere(static node => node is not MapNode);
        return chosen;
    }
}
