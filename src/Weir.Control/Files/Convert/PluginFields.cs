using Weir.Config;

namespace Weir.Control;

/// <summary>Fields of plugins that have other names in later versions of Kong, or are gone.</summary>
static class PluginFields
{
    static readonly SelectorSet Plugins = SelectorSet.Of("$.plugins[*]", "$.services[*].plugins[*]", "$.services[*].routes[*].plugins[*]",
        "$.routes[*].plugins[*]", "$.consumers[*].plugins[*]", "$.consumer_groups[*].plugins[*]");

    static readonly Dictionary<string, string> AllowAndDeny = new() { ["whitelist"] = "allow", ["blacklist"] = "deny" };
    static readonly Dictionary<string, string> Functions = new() { ["functions"] = "access" };

    static readonly Dictionary<string, Dictionary<string, string>> RenamedIn3 = new()
    {
        ["acl"] = AllowAndDeny,
        ["bot-detection"] = AllowAndDeny,
        ["ip-restriction"] = AllowAndDeny,
        ["pre-function"] = Functions,
        ["post-function"] = Functions,
    };

    static readonly Dictionary<string, string[]> GoneIn3 = new() { ["aws-lambda"] = ["proxy_scheme"] };

    static readonly string[] RedisFields =
        ["host", "port", "username", "password", "ssl", "ssl_verify", "server_name", "timeout", "database"];

    /// <summary>From 2.8 to 3.4.</summary>
    public static MapNode To3(MapNode root, Report report) => Change(root, (name, config) =>
    {
        config = config.Without(GoneIn3.GetValueOrDefault(name, []));
        foreach (var (from, to) in RenamedIn3.GetValueOrDefault(name, []))
            config = Renamed(config, from, to, name, report);
        return config;
    });

    /// <summary>From 3.4 to 3.10: what plugins say of Redis stands in one place, under the same names.</summary>
    public static MapNode To310(MapNode root, Report report) => Change(root, (name, config) =>
    {
        if (name is "rate-limiting" or "response-ratelimiting")
            foreach (var field in RedisFields)
                if (config.Find("redis_" + field) is { } value)
                {
                    var redis = config.Find("redis") as MapNode ?? Tree.Map();
                    if (redis.Find(field).IsNull() && !value.IsNull()) redis = redis.With(field, value);
                    config = config.Without("redis_" + field);
                    if (redis.Entries.Count > 0) config = config.With("redis", redis);
                }
        return config.Find("redis") is MapNode block ? config.With("redis", Redis(block, name, report)) : config;
    });

    static MapNode Redis(MapNode redis, string plugin, Report report)
    {
        if (redis.Find("timeout") is { } timeout)
        {
            if (!timeout.IsNull())
                foreach (var field in (string[])["connect_timeout", "read_timeout", "send_timeout"])
                    if (redis.Find(field).IsNull())
                        redis = redis.With(field, timeout);
            redis = redis.Without("timeout");
        }
        foreach (var (from, to) in ((string, string)[])[("cluster_addresses", "cluster_nodes"), ("sentinel_addresses", "sentinel_nodes")])
            if (redis.Find(from) is { } addresses)
                redis = redis.Find(to).IsNull() && !addresses.IsNull() ? redis.Without(from).With(to, Nodes(addresses, plugin, report)) : redis.Without(from);
        return redis;
    }

    static ListNode Nodes(Node addresses, string plugin, Report report) => Tree.List(addresses.Strings().Select(address =>
    {
        var colon = address.LastIndexOf(':');
        if (colon > 0 && int.TryParse(address.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture, out var port))
            return (Node)Tree.Map(("ip", Tree.Text(address[..colon])), ("port", Tree.Number(port)));
        report.Error(addresses.Place, $"plugin '{plugin}'", "config.redis", $"an address with a port is expected, found '{address}'");
        return Tree.Map();
    }));

    static MapNode Renamed(MapNode config, string from, string to, string plugin, Report report)
    {
        if (config.Find(from) is not { } old) return config;
        var (hasOld, hasNew) = (!IsEmpty(old), !IsEmpty(config.Find(to)));
        if (hasOld && hasNew)
            report.Error(old.Place, $"plugin '{plugin}'", "config." + from, $"stands beside '{to}', which is its new name; keep one of them");
        config = config.Without(from);
        return hasOld && !hasNew ? config.With(to, old) : config;
    }

    static bool IsEmpty(Node? node) => node.IsNull() || node is ListNode { Items.Count: 0 };

    static MapNode Change(MapNode root, Func<string, MapNode, MapNode> change) => (MapNode)Tree.Changed(root, Plugins.Select(root), node =>
        node is MapNode plugin && plugin.FindText("name") is { } name && plugin.Find("config") is MapNode config
            ? plugin.With("config", change(name, config))
            : node);
}
