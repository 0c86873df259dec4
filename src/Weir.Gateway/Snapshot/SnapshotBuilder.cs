using Weir.Config;

namespace Weir.Gateway;

/// <summary>Compiles a checked document into a snapshot. Runs beside the request path; nothing it does is visible before the swap.</summary>
sealed class SnapshotBuilder(SnapshotParts parts)
{
    long _revision;

    /// <summary>
    /// Builds the next snapshot. Problems that only show when things are made (a file that cannot be opened) are reported, and nothing is kept.
    /// </summary>
    public BuiltSnapshot Build(Document document)
    {
        var lease = parts.Keep.Begin();
        List<Workspace> workspaces = [];
        var problems = new List<Problem>();
        try
        {
            foreach (var each in document.All) workspaces.Add(BuildWorkspace(each, lease, problems));
            var certificates = CertificateBuilder.Build(document.All, problems);
            if (problems.Exists(problem => problem.Severity == Severity.Error))
            {
                Release();
                return new BuiltSnapshot(null, SniTable.Empty, problems);
            }
            var routes = workspaces.SelectMany(static workspace => workspace.Routes()).ToList();
            var snapshot = new Snapshot
            {
                Revision = Interlocked.Increment(ref _revision),
                Hash = Task.Run(() => DocumentHash.Of(document)),
                Routes = RouteTable<Route>.Build(routes),
                RouteLabels = routes.Select(static route => route.Payload.Entity.Label).ToHashSet(),
                // What no route matches belongs to nobody's workspace: the first one, which is the default, speaks for it.
                GlobalPlan = workspaces[0].Plans.Global(),
                Balancers = [.. workspaces.SelectMany(static workspace => workspace.Services.Balancers)],
                InFlight = new InFlight(Release),
            };
            return new BuiltSnapshot(snapshot, certificates, problems);
        }
        catch
        {
            Release();
            throw;
        }

        void Release()
        {
            // Peers may be shared with the configuration in force: their state outlives this lease, so the balancers must leave it themselves.
            foreach (var balancer in workspaces.SelectMany(static workspace => workspace.Services.Balancers)) balancer.Dispose();
            lease.Dispose();
        }
    }

    /// <summary>The compiled parts of one document: its names, consumers and global plugins are its own.</summary>
    sealed record Workspace(Document Document, ServiceBuilder Services, IReadOnlyDictionary<string, Service> ById, PlanBuilder Plans)
    {
        public List<(RouteConfig Route, Route Payload)> Routes() => RouteBuilder.Build(Document, ById, Plans);
    }

    Workspace BuildWorkspace(Document document, Keep.Lease lease, List<Problem> problems)
    {
        var house = new HouseServices(parts.Services);
        parts.Prepare(document, house, lease);
        var services = new ServiceBuilder(document, parts, lease);
        var byId = services.Build(problems);
        var plugins = BuildPlugins(document, house, lease, problems);
        return new Workspace(document, services, byId, new PlanBuilder(plugins, [.. parts.Catalog.Select(kind => kind.Name)]));
    }

    List<ScopedPlugin> BuildPlugins(Document document, HouseServices house, Keep.Lease lease, List<Problem> problems)
    {
        List<ScopedPlugin> built = [];
        foreach (var (entity, kind, config) in document.Plugins)
        {
            if (!entity.Enabled || kind is null) continue;
            var context = new PluginContext
            {
                PluginId = entity.Id!,
                InstanceName = entity.InstanceName,
                ServiceId = entity.Service?.Id,
                RouteId = entity.Route?.Id,
                ConsumerId = entity.Consumer?.Id,
                ConsumerGroupId = entity.ConsumerGroup?.Id,
                ModelId = entity.Model?.Id,
                Time = parts.Time,
                Random = parts.Random,
                Log = parts.Loggers.CreateLogger("plugin." + kind.Name),
                Consumers = house.Get<IConsumers>(),
                Keep = lease,
                Services = house,
            };
            try
            {
                var plugin = new PreparedPlugin(kind.Name, kind.Create(config!, context), ProtocolBits.Of(entity.Protocols), kind.IsBlocking);
                built.Add(new ScopedPlugin(entity, plugin));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
            {
                problems.Add(new Problem(Severity.Error, default, $"plugin '{entity.InstanceName ?? entity.Name}'", "config", exception.Message));
            }
        }
        return built;
    }
}

/// <summary>What building gave.</summary>
/// <param name="Snapshot">The snapshot; null when there is an error among the problems.</param>
/// <param name="Certificates">Server names of the snapshot.</param>
/// <param name="Problems">What was found while building.</param>
sealed record BuiltSnapshot(Snapshot? Snapshot, SniTable Certificates, IReadOnlyList<Problem> Problems);
