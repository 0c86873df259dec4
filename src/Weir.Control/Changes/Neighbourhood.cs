namespace Weir.Control;

/// <summary>
/// Changed entities with all that their rules look at: what they refer to, and what must fit them. A change of one field costs what its neighbours cost, not
/// what the state costs.
/// </summary>
sealed class Neighbourhood(IEntities entities, Guid workspace)
{
    readonly Dictionary<(ControlKind, Guid), Stored> _included = [];
    bool _hasModels;

    /// <summary>What belongs together, each kind after those it refers to, in the order of ids.</summary>
    public IEnumerable<Stored> Entities
    {
        get
        {
            // References to vaults may stand in any field.
            foreach (var vault in entities.All(workspace, ControlKinds.Vaults)) _included.TryAdd((vault.Kind, vault.Id), vault);
            var byKind = _included.Values.ToLookup(static entity => entity.Kind);
            return ControlKinds.All.SelectMany(kind => byKind[kind].OrderBy(static entity => entity.Id));
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

    /// <summary>Adds an entity with what its own rules look at.</summary>
    public void Include(Stored entity)
    {
        if (!_included.TryAdd((entity.Kind, entity.Id), entity)) return;
        foreach (var reference in entity.Kind.References)
            if (entity.Reference(reference.Field) is { } target && entities.Find(workspace, reference.Target, target.ToString()) is { } found)
                Include(found);
        if (ControlKinds.OfModels.Contains(entity.Kind)) AddModels();
        if (entity.Kind == ControlKinds.Plugins) IncludeOfPlugin(entity);
        // The list of authorities is one of plain ids; there are few of them.
        if (entity.Kind == ControlKinds.Services && entity.Has("ca_certificates"))
            foreach (var authority in entities.All(workspace, ControlKinds.CaCertificates))
                Include(authority);
    }

    void IncludeOfPlugin(Stored plugin)
    {
        if (plugin.Reference("model") is not null) AddModels();
        // The protocols of a plugin have to fit some route of its service.
        if (plugin.Has("protocols") && plugin.Reference("service") is { } service)
            foreach (var route in entities.Referring(workspace, ControlKinds.Routes, 0, service))
                Include(route);
        if (!plugin.Has("partials")) return;
        foreach (var partial in entities.All(workspace, ControlKinds.Partials)) Include(partial);
    }

    void AddPlugins(Stored entity)
    {
        var plugins = entity.Kind == ControlKinds.Partials ? entities.All(workspace, ControlKinds.Plugins)
            : entities.Referring(workspace, ControlKinds.Plugins, ControlKinds.RouteOfPlugin, entity.Id);
        foreach (var plugin in plugins) Include(plugin);
    }

    void AddModels()
    {
        if (_hasModels) return;
        _hasModels = true;
        foreach (var kind in ControlKinds.OfModels)
            foreach (var entity in entities.All(workspace, kind))
                Include(entity);
    }
}
