using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// Compiles a checked document into a snapshot. Runs beside the request path; nothing it does is visible before the swap. What is made of the very records
/// (and other parts) that the document before had is taken over, so that a change costs what it touches.
/// </summary>
sealed class SnapshotBuilder(SnapshotParts parts)
{
    readonly Retirement _retirement = new();
    readonly PlanSet _noPlans = PlanSet.Of([.. parts.Catalog.Select(static kind => kind.Name)]);
    long _revision;
    Built? _before;

    /// <summary>Parts of earlier configurations that requests may still use.</summary>
    public int PartsWaiting => _retirement.Waiting;

    /// <summary>
    /// Builds the next snapshot. Problems that only show when things are made (a file that cannot be opened) are reported, and nothing is kept.
    /// </summary>
    public BuiltSnapshot Build(Document document)
    {
        var build = new SnapshotBuild(parts, _revision + 1);
        try
        {
            List<Workspace> workspaces = [.. document.All.Select(each => BuildWorkspace(each, build))];
            var certificates = _before is { } before && HasSameNames(before.Document, document)
                ? before.Certificates : CertificateBuilder.Build(document.All, build.Problems);
            if (build.Problems.Exists(static problem => problem.Severity == Severity.Error))
            {
                build.GiveUp();
                return new BuiltSnapshot(null, SniTable.Empty, build.Problems);
            }
            var routes = RoutesOf(workspaces);
            return Finish(new Built(document, workspaces, certificates, routes, LabelsOf(workspaces)), build);
        }
        catch
        {
            build.GiveUp();
            throw;
        }
    }

    BuiltSnapshot Finish(Built built, SnapshotBuild build)
    {
        var revision = ++_revision;
        var workspaces = built.Workspaces;
        foreach (var gone in _before?.Workspaces ?? [])
            if (!workspaces.Exists(workspace => workspace.Document.Workspace == gone.Document.Workspace)) gone.Drop(build);
        _retirement.Begin(revision);
        _retirement.Drop(build.Dropped, revision - 1);
        _before = built;
        var document = built.Document;
        var snapshot = new Snapshot
        {
            Revision = revision,
            HashOnce = new Lazy<Task<string>>(() => Task.Run(() => DocumentHash.Of(document))),
            Routes = built.Routes,
            RouteLabels = built.Labels,
            // What no route matches belongs to nobody's workspace: the first one, which is the default, speaks for it.
            GlobalPlan = workspaces[0].Plans.Global(),
            Balancers = [.. workspaces.SelectMany(static workspace => workspace.Services.Balancers).Select(static built => built.Balancer)],
            NewBalancers = [.. build.NewBalancers],
            Made = build.Made,
            InFlight = new InFlight(() => Drained(revision)),
        };
        return new BuiltSnapshot(snapshot, built.Certificates, build.Problems);
    }

    void Drained(long revision)
    {
        // A snapshot is retired after the next one is built, unless the node ends: then nothing takes over its parts.
        if (_before is { } last && revision == _revision)
        {
            _before = null;
            var end = new SnapshotBuild(parts, revision);
            foreach (var workspace in last.Workspaces) workspace.Drop(end);
            _retirement.Drop(end.Dropped, revision);
        }
        _retirement.Drained(revision);
    }

    Workspace BuildWorkspace(Document document, SnapshotBuild build)
    {
        var before = _before?.Workspaces.Find(workspace => workspace.Document.Workspace == document.Workspace);
        var house = new HouseServices(parts.Services) { Before = before is null ? null : (before.Document, before.House) };
        var lease = build.Own(new HouseLease(parts.Keep.Begin(), build.Revision));
        if (before is not null) build.Drop(before.Lease);
        parts.Prepare(document, house, lease.Keep);
        house.Before = null;
        var services = (before?.Services ?? ServiceSet.None).Next(document, build);
        var pluginsBefore = before?.Plugins ?? PluginSet.None;
        var plugins = pluginsBefore.Next(document.Plugins, house, build);
        HashSet<(string Route, string Service)> places = [];
        HashSet<string> changed = [];
        var plans = (before?.Plans ?? _noPlans).Next(PluginSet.Compare(pluginsBefore, plugins), places);
        ServiceSet.Compare(before?.Services ?? ServiceSet.None, services, changed);
        var routeParts = new RouteParts(services, plans, plugins.Unknown, changed, places, !ReferenceEquals(plugins.Unknown, pluginsBefore.Unknown));
        var routes = (before?.Routes ?? RouteSet.None).Next(document.Routes, routeParts, build);
        return new Workspace(document, house, lease, services, plugins, plans, routes);
    }

    /// <summary>The table of all routes: that of the configuration before, with what is not the same in it.</summary>
    RouteTable<Route> RoutesOf(List<Workspace> workspaces)
    {
        if (_before is not { } before || !before.Workspaces.Select(static each => each.Document.Workspace)
                .SequenceEqual(workspaces.Select(static each => each.Document.Workspace)))
            return RouteTable<Route>.Build(All());
        List<(Route? Before, Route? After)> changes = [];
        for (var i = 0; i < workspaces.Count; i++) RouteSet.Compare(before.Workspaces[i].Routes, workspaces[i].Routes, changes);
        return before.Routes.With(
            [.. changes.Select(static change => new RouteChange<Route>(change.Before?.Config, change.Before, change.After?.Config, change.After))], All);

        List<(RouteConfig Route, Route Payload)> All() => [.. workspaces.SelectMany(static workspace => workspace.Routes.All)];
    }

    HashSet<string> LabelsOf(List<Workspace> workspaces)
    {
        if (_before is { } before && before.Workspaces.Count == workspaces.Count)
        {
            List<(Route? Before, Route? After)> changes = [];
            for (var i = 0; i < workspaces.Count; i++) RouteSet.Compare(before.Workspaces[i].Routes, workspaces[i].Routes, changes);
            changes.RemoveAll(static change => change.Before?.Entity.Label == change.After?.Entity.Label);
            if (changes.Count == 0) return before.Labels;
            // Inside a workspace no two routes have a label.
            if (workspaces.Count == 1)
            {
                var labels = new HashSet<string>(before.Labels);
                foreach (var (gone, _) in changes)
                    if (gone is not null) labels.Remove(gone.Entity.Label);
                foreach (var (_, made) in changes)
                    if (made is not null) labels.Add(made.Entity.Label);
                return labels;
            }
        }
        return workspaces.SelectMany(static workspace => workspace.Routes.All).Select(static route => route.Payload.Entity.Label).ToHashSet();
    }

    static bool HasSameNames(Document before, Document after) =>
        before.All.SelectMany(Lists).SequenceEqual(after.All.SelectMany(Lists), ReferenceEqualityComparer.Instance);

    static IEnumerable<object> Lists(Document document) => [document.Certificates, document.Snis];

    /// <summary>A configuration that was built.</summary>
    sealed record Built(
        Document Document, List<Workspace> Workspaces, SniTable Certificates, RouteTable<Route> Routes, HashSet<string> Labels);

    /// <summary>The compiled parts of one document: its names, consumers and global plugins are its own.</summary>
    sealed record Workspace(
        Document Document, HouseServices House, HouseLease Lease, ServiceSet Services, PluginSet Plugins, PlanSet Plans, RouteSet Routes)
    {
        public void Drop(SnapshotBuild build)
        {
            build.Drop(Lease);
            foreach (var balancer in Services.Balancers) build.Drop(balancer);
            foreach (var plugin in Plugins.All) build.Drop(plugin);
        }
    }

    /// <summary>What the house keeps for a document.</summary>
    sealed class HouseLease(Keep.Lease keep, long since) : SnapshotPart(since)
    {
        public Keep.Lease Keep => keep;

        public override void Dispose() => keep.Dispose();
    }
}

/// <summary>What building gave.</summary>
/// <param name="Snapshot">The snapshot; null when there is an error among the problems.</param>
/// <param name="Certificates">Server names of the snapshot.</param>
/// <param name="Problems">What was found while building.</param>
sealed record BuiltSnapshot(Snapshot? Snapshot, SniTable Certificates, IReadOnlyList<Problem> Problems);
