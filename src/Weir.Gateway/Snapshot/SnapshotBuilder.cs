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
        var services = new ServiceBuilder(document, parts, lease);
        var problems = new List<Problem>();
        try
        {
            var house = new HouseServices(parts.Services);
            parts.Prepare(document, house, lease);
            var byServiceId = services.Build(problems);
            var plugins = BuildPlugins(document, house, lease, problems);
            var certificates = CertificateBuilder.Build(document, problems);
            if (problems.Exists(problem => problem.Severity == Severity.Error))
            {
                Release();
                return new BuiltSnapshot(null, SniTable.Empty, problems);
            }
            var plans = new PlanBuilder(plugins, [.. parts.Catalog.Select(kind => kind.Name)]);
            var routes = RouteBuilder.Build(document, byServiceId, plans);
            var snapshot = new Snapshot
            {
                Revision = Interlocked.Increment(ref _revision),
                Hash = Task.Run(() => DocumentHash.Of(document)),
                Routes = RouteTable<Route>.Build(routes),
                RouteLabels = routes.Select(static route => route.Payload.Entity.Label).ToHashSet(),
                GlobalPlan = plans.Global(),
                Balancers = [.. services.Balancers],
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
            foreach (var balancer in services.Balancers) balancer.Dispose();
            lease.Dispose();
        }
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
