using Weir.Config;

namespace Weir.Gateway;

/// <summary>One configuration on its way: what was made for it, and what it has no more of the one before.</summary>
/// <param name="parts">What snapshots are built with.</param>
/// <param name="revision">Its number.</param>
sealed class SnapshotBuild(SnapshotParts parts, long revision)
{
    readonly List<SnapshotPart> _own = [];
    readonly List<SnapshotPart> _dropped = [];

    public SnapshotParts Parts => parts;

    public long Revision => revision;

    public List<Problem> Problems { get; } = [];

    /// <summary>How many services, plugins and routes were made, not taken over.</summary>
    public int Made { get; set; }

    /// <summary>Balancers that were not in the configuration before.</summary>
    public IEnumerable<Balancer> NewBalancers => _own.OfType<BuiltBalancer>().Select(static built => built.Balancer);

    public IReadOnlyList<SnapshotPart> Dropped => _dropped;

    /// <summary>A part that is new in this configuration.</summary>
    public T Own<T>(T part) where T : SnapshotPart
    {
        _own.Add(part);
        return part;
    }

    /// <summary>A part that this configuration has no more. One that was made for it goes at once, when the build does.</summary>
    public void Drop(SnapshotPart part) => _dropped.Add(part);

    /// <summary>Nothing will come of it.</summary>
    public void GiveUp()
    {
        foreach (var part in _own) part.Dispose();
    }

    /// <summary>Makes the instance of a plugin; null when there is none to run, or it cannot be made, which is then among the problems.</summary>
    public BuiltPlugin? Create(DeclaredPlugin declared, HouseServices house)
    {
        var (entity, kind, config) = declared;
        if (!entity.Enabled || kind is null) return null;
        var lease = parts.Keep.Begin();
        var asked = new AskedHouse(house);
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
            Keep = lease,
            Services = asked,
        };
        try
        {
            var plugin = new PreparedPlugin(kind.Name, kind.Create(config!, context), ProtocolBits.Of(entity.Protocols), kind.IsBlocking);
            asked.Close();
            Made++;
            return Own(new BuiltPlugin(declared, plugin, asked, lease, revision));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            lease.Dispose();
            Problems.Add(new Problem(Severity.Error, default, $"plugin '{entity.InstanceName ?? entity.Name}'", "config", exception.Message));
            return null;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }
}
