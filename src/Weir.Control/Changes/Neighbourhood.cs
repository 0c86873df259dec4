namespace Weir.Control;

/// <summary>
/// Changed entities with all that their rules look at: what they refer to, and what must fit them. A change of one field costs what its neighbours cost, not
/// what the state costs.
/// </summary>
sealed class Neighbourhood(Draft draft, Guid workspace)
{
    readonly Dictionary<(ControlKind, Guid), Stored> _entities = [];
    bool _hasModels;

    /// <summary>What belongs together, each kind after those it refers to.</summary>
    public IEnumerable<Stored> Entities
    {
        get
        {
            // References to vaults may stand in any field.
            foreach (var vault in draft.All(workspace, ControlKinds.Vaults)) _entities.TryAdd((vault.Kind, vault.Id), vault);
            return ControlKinds.All.SelectMany(kind => _entities.Values.Where(entity => entity.Kind == kind));
        }
    }

    /// <summary>Adds a changed entity, or what stands around a deleted one.</summary>
    public void Add(ControlKind kind, Stored? entity)
    {
        if (kind.IsShared) return;
        if (ControlKinds.OfModels.Contains(kind)) AddModels();
        if (entity is null) return;
        Include(entity);
        if (kind == ControlKinds.Partials || kind == ControlKinds.Routes) AddPlugins(entity);
    }

    void Include(Stored entity)
    {
        if (!_entities.TryAdd((entity.Kind, entity.Id), entity)) return;
        foreach (var reference in entity.Kind.References)
            if (entity.Reference(reference.Field) is { } target && draft.Find(workspace, reference.Target, target.ToString()) is { } found)
                Include(found);
        if (entity.Kind == ControlKinds.Plugins) IncludeOfPlugin(entity);
        // The list of authorities is one of plain ids; there are few of them.
        if (entity.Kind == ControlKinds.Services)
            foreach (var authority in draft.All(workspace, ControlKinds.CaCertificates))
                Include(authority);
    }

    void IncludeOfPlugin(Stored plugin)
    {
        if (plugin.Reference("model") is not null) AddModels();
        // The protocols of a plugin have to fit some route of its service.
        if (plugin.Reference("service") is { } service)
            foreach (var route in draft.Referring(workspace, ControlKinds.Routes, 0, service))
                Include(route);
        foreach (var partial in draft.All(workspace, ControlKinds.Partials)) Include(partial);
    }

    void AddPlugins(Stored entity)
    {
        var plugins = entity.Kind == ControlKinds.Partials ? draft.All(workspace, ControlKinds.Plugins)
            : draft.Referring(workspace, ControlKinds.Plugins, RouteOfPlugin, entity.Id);
        foreach (var plugin in plugins) Include(plugin);
    }

    static int RouteOfPlugin { get; } = ControlKinds.Plugins.References.Index().First(static reference => reference.Item.Field == "route").Index;

    void AddModels()
    {
        if (_hasModels) return;
        _hasModels = true;
        foreach (var kind in ControlKinds.OfModels)
            foreach (var entity in draft.All(workspace, kind))
                Include(entity);
    }
}
