using System.Collections.Frozen;

namespace Weir.Control;

/// <summary>
/// Which entities of a workspace have to be read again after a change: what changed, and every entity whose record, or whose problems, depend on it. What an
/// entity becomes looks at itself, at the names of what it refers to, and at what <see cref="Neighbourhood"/> names; consumers are read with all that makes
/// them who they are, models together.
/// </summary>
sealed class Rereading(ControlState state, Guid workspace)
{
    /// <summary>Kinds that any entity may look at: when they change, everything is read again.</summary>
    public static readonly FrozenSet<ControlKind> SeenByAll = FrozenSet.Create(ControlKinds.Vaults, ControlKinds.CaCertificates, ControlKinds.Partials);

    static readonly FrozenSet<ControlKind> OfConsumers = FrozenSet.Create(
        ControlKinds.Memberships, ControlKinds.KeyAuthCredentials, ControlKinds.BasicAuthCredentials, ControlKinds.HmacAuthCredentials,
        ControlKinds.JwtSecrets, ControlKinds.Acls, ControlKinds.VirtualKeys);

    /// <summary>How many entities are read together, without their neighbours: all of a large state at once would be nodes of many times its size.</summary>
    const int TogetherMax = 4_000;

    readonly Dictionary<(ControlKind Kind, Guid Id), Stored> _entities = [];

    public IReadOnlyDictionary<(ControlKind Kind, Guid Id), Stored> Entities => _entities;

    /// <summary>Whether models are read again: all that they are made of, be it nothing any more.</summary>
    public bool HasModels { get; private set; }

    /// <summary>All entities of the workspace, in portions each of which can be read by itself.</summary>
    public static IEnumerable<Rereading> Everything(ControlState state, Guid workspace)
    {
        var portion = new Rereading(state, workspace);
        portion.AddModels();
        foreach (var kind in ControlKinds.All)
        {
            if (kind.Config is null || OfConsumers.Contains(kind) || ControlKinds.OfModels.Contains(kind)) continue;
            foreach (var entity in state.Table(workspace, kind).All)
            {
                if (portion._entities.Count >= TogetherMax)
                {
                    yield return portion;
                    portion = new Rereading(state, workspace);
                }
                if (kind == ControlKinds.Consumers) portion.AddConsumer(entity, withKeys: false);
                else portion.Add(entity);
            }
        }
        yield return portion;
    }

    /// <summary>Adds what depends on a change.</summary>
    public void AddChange(Stored? before, Stored? after)
    {
        if (after is not null) Add(after);
        var (kind, either) = (after ?? before)! is var known ? (known.Kind, known) : default;
        if (ControlKinds.OfModels.Contains(kind)) AddModels();
        if (kind == ControlKinds.Consumers && after is not null) AddConsumer(after);
        if (OfConsumers.Contains(kind))
            foreach (var version in (ReadOnlySpan<Stored?>)[before, after])
                if (version?.Reference("consumer") is { } id && state.Table(workspace, ControlKinds.Consumers).Find(id) is { } consumer) AddConsumer(consumer);
        if (kind == ControlKinds.Routes) AddPluginsAround(before, after);
        if (before is not null && after is not null && before.Name != after.Name) AddReferring(either);
        foreach (var other in after is null ? [] : state.Table(workspace, kind).Clashing(after)) Add(other);
    }

    /// <summary>Adds an entity that is there, if it is.</summary>
    public void AddIfThere(ControlKind kind, Guid id)
    {
        if (state.Table(workspace, kind).Find(id) is not { } entity) return;
        if (ControlKinds.OfModels.Contains(kind)) AddModels();
        if (kind == ControlKinds.Partials) AddPartials();
        if (kind == ControlKinds.Memberships) AddChange(entity, entity);
        Add(entity);
    }

    /// <summary>Adds everything that models are made of, and what is made of them.</summary>
    public void AddModels()
    {
        if (HasModels) return;
        HasModels = true;
        foreach (var kind in ControlKinds.OfModels)
            foreach (var entity in state.Table(workspace, kind).All)
                Add(entity);
    }

    /// <summary>Adds the partials and the plugins that they are part of.</summary>
    public void AddPartials()
    {
        foreach (var partial in state.Table(workspace, ControlKinds.Partials).All) Add(partial);
        foreach (var plugin in state.Table(workspace, ControlKinds.Plugins).All)
            if (plugin.Has("partials")) Add(plugin);
    }

    public void Add(Stored entity) => _entities.TryAdd((entity.Kind, entity.Id), entity);

    /// <summary>A consumer with its groups and credentials: who it is, is all of them together.</summary>
    void AddConsumer(Stored consumer, bool withKeys = true)
    {
        Add(consumer);
        foreach (var (kind, key) in ControlKinds.ReferringTo(ControlKinds.Consumers))
        {
            if (!OfConsumers.Contains(kind) || (kind == ControlKinds.VirtualKeys && !withKeys)) continue;
            foreach (var entity in state.Table(workspace, kind).Referring(key, consumer.Id))
            {
                if (kind == ControlKinds.VirtualKeys) AddModels();
                Add(entity);
            }
        }
    }

    /// <summary>References are kept with the name of what they refer to.</summary>
    void AddReferring(Stored renamed)
    {
        foreach (var (kind, key) in ControlKinds.ReferringTo(renamed.Kind))
            foreach (var entity in state.Table(workspace, kind).Referring(key, renamed.Id))
                AddIfThere(kind, entity.Id);
    }

    /// <summary>The protocols of a plugin have to fit its route, or some route of its service.</summary>
    void AddPluginsAround(Stored? before, Stored? after)
    {
        var plugins = state.Table(workspace, ControlKinds.Plugins);
        if ((after ?? before) is { } route) AddAll(plugins.Referring(ControlKinds.RouteOfPlugin, route.Id));
        foreach (var version in (ReadOnlySpan<Stored?>)[before, after])
            if (version?.Reference("service") is { } service)
                AddAll(plugins.Referring(ControlKinds.ServiceOfPlugin, service));

        void AddAll(IEnumerable<Stored> around)
        {
            foreach (var plugin in around)
                if (plugin.Has("protocols")) Add(plugin);
        }
    }
}
