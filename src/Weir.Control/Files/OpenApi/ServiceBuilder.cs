using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>A service in the making: routes come one by one.</summary>
sealed class ServiceDraft(MapNode entity, MapNode? upstream)
{
    public MapNode Entity { get; set; } = entity;

    public MapNode? Upstream { get; } = upstream;

    public List<Node> Plugins { get; } = [];

    public List<Node> Routes { get; } = [];

    public MapNode Build() => Entity.With("plugins", Tree.List(Plugins)).With("routes", Tree.List(Routes));
}

/// <summary>Services, and the upstreams that they need, from servers and defaults.</summary>
sealed class ServiceBuilder(KongNames names, Node tags, Report report)
{
    /// <summary>Makes a service, with an upstream when there are defaults for it or several servers, unless the defaults of the service name a host.</summary>
    public ServiceDraft Build(string name, IReadOnlyList<MapNode> servers, MapNode? defaults, MapNode? upstreamDefaults)
    {
        var service = defaults ?? Tree.Map();
        var scheme = service.FindText("protocol") ?? "https";
        var urls = ServerUrl.Read(servers, report).Select(url => url.WithScheme(scheme)).ToList();
        var first = urls.Count > 0 ? urls[0] : new ServerUrl(scheme, "localhost", null, "/");
        service = With(service, "protocol", Tree.Text(first.Scheme!));
        service = With(service, "path", Tree.Text(first.Path));
        service = With(service, "port", Tree.Number(first.PortOrDefault));
        MapNode? upstream = null;
        if (service.Find("host") is null)
        {
            if (urls.Count > 1 || upstreamDefaults is not null) upstream = Upstream(name, urls, upstreamDefaults);
            service = service.With("host", upstream?.Find("name") ?? Tree.Text(first.Host));
        }
        return new ServiceDraft(Named(service, name, name + ".service"), upstream);
    }

    /// <summary>What makes two services the same: where they go to, and how.</summary>
    public string Key(IReadOnlyList<MapNode> servers, MapNode? defaults, MapNode? upstreamDefaults)
    {
        var urls = ServerUrl.Read(servers, new Report(1)).Select(url => url.WithScheme(defaults?.FindText("protocol") ?? "https"));
        return string.Join(' ', urls.Select(static url => $"{url.Scheme}://{url.Target}{url.Path}")) + Json(defaults) + Json(upstreamDefaults);
    }

    static string Json(MapNode? node) => node is null ? "-" : Encoding.UTF8.GetString(NodeJson.Bytes(FileWriter.Sorted(node)));

    MapNode Upstream(string name, IEnumerable<ServerUrl> urls, MapNode? defaults)
    {
        var upstream = defaults ?? Tree.Map();
        var targets = upstream.Find("targets") is ListNode given
            ? given.Maps().Select(target => target.With("tags", tags))
            : urls.Select(url => Tree.Map(("target", Tree.Text(url.Target)), ("tags", tags)));
        upstream = upstream.With("targets", Tree.List(targets));
        return Named(upstream, name + ".upstream", name + ".upstream");
    }

    MapNode Named(MapNode entity, string name, string idName)
    {
        entity = entity.With("name", Tree.Text(name)).With("tags", tags);
        return names.Id(idName) is { } id ? entity.With("id", id) : entity;
    }

    static MapNode With(MapNode map, string key, Node value) => map.Find(key).IsNull() ? map.With(key, value) : map;
}
