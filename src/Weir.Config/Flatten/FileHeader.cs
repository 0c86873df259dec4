namespace Weir.Config;

/// <summary>What a document says about itself: version, tags and defaults for all its entities.</summary>
sealed class FileHeader
{
    const string Version = "3.0";

    static readonly IReadOnlyList<string> InfoFields =
        ["select_tags", "defaults", "default_lookup_tags", "consumer_group_policy_overrides", "skip_hash_for_basic_auth", "include_plugin_definitions"];

    static readonly IReadOnlyList<string> DefaultsFor = ["service", "route", "upstream", "target"];

    static readonly IReadOnlyList<string> Lookups = ["services", "routes", "consumers", "consumer_groups", "partials"];

    /// <summary>Tags added to every entity.</summary>
    public IReadOnlyList<Node> SelectTags { get; private set; } = [];

    /// <summary>Passwords of basic-auth are written as Kong dumps them, hashed.</summary>
    public bool PasswordsAreHashed { get; private set; }

    /// <summary>Values for fields that an entity leaves out, by the singular of its kind.</summary>
    public Dictionary<string, MapNode> Defaults { get; } = new(StringComparer.Ordinal);

    /// <summary>Kinds of entities that are managed in other files and looked up by tag.</summary>
    public HashSet<string> Elsewhere { get; } = new(StringComparer.Ordinal);

    /// <summary>By which tags those are looked up.</summary>
    public Dictionary<string, IReadOnlyList<string>> LookupTags { get; } = new(StringComparer.Ordinal);

    /// <summary>Plugin configurations that plugins name with <c>_config</c>.</summary>
    public Dictionary<string, MapNode> PluginConfigs { get; } = new(StringComparer.Ordinal);

    public static FileHeader Read(MapNode root, Report report)
    {
        var header = new FileHeader();
        CheckVersion(root, report);
        if (Map(root, "_info", report) is { } info)
            header.ReadInfo(info, report);
        foreach (var entry in Map(root, "_plugin_configs", report)?.Entries ?? [])
        {
            if (entry.Value is MapNode config)
                header.PluginConfigs[entry.Key] = config;
            else
                report.Error(entry.Value.Place, "_plugin_configs", entry.Key, $"expected a map, found {entry.Value.Describe()}");
        }
        return header;
    }

    static void CheckVersion(MapNode root, Report report)
    {
        var version = root.Find("_format_version");
        switch (version)
        {
            case null:
                report.Warning(root.Place, "", "_format_version", $"missing; \"{Version}\" is assumed");
                break;
            case ScalarNode { Text: Version, Kind: ScalarKind.Text }:
                break;
            case ScalarNode { Kind: ScalarKind.Text, Text: "1.1" or "2.1" } old:
                report.Error(old.Place, "", "_format_version",
                    $"\"{old.Text}\" is the format of Kong before 3.0; \"{Version}\" is expected: "
                    + "convert the file with 'deck file convert --from kong-gateway-2.x --to kong-gateway-3.x'");
                break;
            default:
                report.Error(version.Place, "", "_format_version", $"the text \"{Version}\" is expected, found {version.Describe()}");
                break;
        }
    }

    void ReadInfo(MapNode info, Report report)
    {
        foreach (var entry in info.Entries)
            if (!InfoFields.Contains(entry.Key))
                report.Error(entry.KeyPlace, "_info", entry.Key, "unknown field" + Suggestion.For(entry.Key, InfoFields));
        SelectTags = info.Find("select_tags") switch
        {
            null or ScalarNode { Kind: ScalarKind.Null } => [],
            ListNode list => list.Items,
            var other => Refused(other, report),
        };
        PasswordsAreHashed = Flag(info, "skip_hash_for_basic_auth", report);
        Flag(info, "include_plugin_definitions", report);
        const string overrides = "consumer_group_policy_overrides";
        if (Flag(info, overrides, report))
            report.Warning(info.Nearest(overrides).Place, "_info", overrides,
                "has no effect: it is about rate-limiting-advanced, which Weir does not have; other plugins of a consumer group are scoped to it");
        foreach (var entry in Map(info, "defaults", report)?.Entries ?? [])
            ReadDefaults(entry, report);
        foreach (var entry in Map(info, "default_lookup_tags", report)?.Entries ?? [])
        {
            if (Lookups.Contains(entry.Key))
            {
                Elsewhere.Add(entry.Key);
                if (entry.Value is ListNode tags)
                    LookupTags[entry.Key] = [.. tags.Items.OfType<ScalarNode>().Select(static tag => tag.Text)];
            }
            else
                report.Error(entry.KeyPlace, "_info", "default_lookup_tags." + entry.Key, "expected one of: " + string.Join(", ", Lookups));
        }
    }

    static bool Flag(MapNode info, string name, Report report)
    {
        switch (info.Find(name))
        {
            case null or ScalarNode { Kind: ScalarKind.Null }:
                return false;
            case ScalarNode { Kind: ScalarKind.Boolean } flag:
                return flag.Text == "true";
            case var other:
                report.Error(other.Place, "_info", name, $"expected a boolean, found {other.Describe()}");
                return false;
        }
    }

    void ReadDefaults(MapEntry entry, Report report)
    {
        var field = "defaults." + entry.Key;
        if (!DefaultsFor.Contains(entry.Key))
            report.Error(entry.KeyPlace, "_info", field, "expected one of: " + string.Join(", ", DefaultsFor));
        else if (entry.Value is not MapNode defaults)
            report.Error(entry.Value.Place, "_info", field, $"expected a map, found {entry.Value.Describe()}");
        else
        {
            foreach (var own in defaults.Entries)
                if (own.Key is "id" or "name" || own.Key == entry.Key)
                    report.Error(own.KeyPlace, "_info", $"{field}.{own.Key}", "identifies one entity and cannot have a default");
            Defaults[entry.Key] = defaults;
        }
    }

    static IReadOnlyList<Node> Refused(Node node, Report report)
    {
        report.Error(node.Place, "_info", "select_tags", $"expected an array, found {node.Describe()}");
        return [];
    }

    static MapNode? Map(MapNode parent, string key, Report report)
    {
        switch (parent.Find(key))
        {
            case null or ScalarNode { Kind: ScalarKind.Null }:
                return null;
            case MapNode map:
                return map;
            case var other:
                report.Error(other.Place, "", key, $"expected a map, found {other.Describe()}");
                return null;
        }
    }
}
