using Weir.Config;
using BuiltTree = Weir.Config.SortedTree<Weir.Gateway.BuiltPlugin, string, Weir.Gateway.BuiltPluginOrder>;

namespace Weir.Gateway;

/// <summary>The plugin instances of one document. Instances whose settings and parts of the house are the very same are those of the document before.</summary>
sealed class PluginSet
{
    readonly BuiltTree _built;

    PluginSet(IReadOnlyList<DeclaredPlugin> declared, BuiltTree built, IReadOnlyList<DeclaredPlugin> unknown) =>
        (Declared, _built, Unknown) = (declared, built, unknown);

    public static PluginSet None { get; } = new([], BuiltTree.Empty, []);

    public IReadOnlyList<DeclaredPlugin> Declared { get; }

    public IEnumerable<BuiltPlugin> All => _built;

    /// <summary>Enabled plugins that this gateway does not have.</summary>
    public IReadOnlyList<DeclaredPlugin> Unknown { get; }

    /// <summary>The plugins of the next document of the workspace.</summary>
    /// <param name="declared">What it declares.</param>
    /// <param name="house">Its parts of the house.</param>
    /// <param name="build">The configuration that is being built.</param>
    public PluginSet Next(IReadOnlyList<DeclaredPlugin> declared, HouseServices house, SnapshotBuild build)
    {
        var editor = _built.Edit();
        var seesUnknown = false;
        var changes = ListChanges.Between(Declared, declared);
        foreach (var (before, _) in changes)
        {
            if (before is null) continue;
            seesUnknown |= before.Kind is null;
            if (editor.TryFind(before.Entity.Id!, out var gone)) build.Drop(gone);
            editor.Remove(before.Entity.Id!);
        }
        foreach (var (_, after) in changes)
        {
            if (after is null) continue;
            seesUnknown |= after.Kind is null;
            if (build.Create(after, house) is { } made) editor.Put(made);
        }
        // What is left is declared as before; the house may be another.
        foreach (var kept in editor.ToTree())
        {
            if (kept.FitsIn(house)) continue;
            build.Drop(kept);
            editor.Remove(kept.Entity.Id!);
            if (build.Create(kept.Declared, house) is { } made) editor.Put(made);
        }
        var unknown = seesUnknown ? [.. declared.Where(static plugin => plugin.Kind is null && plugin.Entity.Enabled)] : Unknown;
        return new PluginSet(declared, editor.ToTree(), unknown);
    }

    /// <summary>Tells which instances are not the same as before.</summary>
    public static List<(BuiltPlugin? Before, BuiltPlugin? After)> Compare(PluginSet before, PluginSet after)
    {
        List<(BuiltPlugin? Before, BuiltPlugin? After)> changes = [];
        BuiltTree.Compare(before._built, after._built, (left, right) => changes.Add((left, right)));
        return changes;
    }
}
