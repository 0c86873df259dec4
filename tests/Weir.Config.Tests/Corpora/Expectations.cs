namespace Weir.Config.Tests;

/// <summary>What is to become of a document of the corpora: a small table per reason, nothing guessed from what the reader says.</summary>
static class Expectations
{
    /// <summary>Files that are not what this reader reads.</summary>
    static readonly (string Path, string Reason)[] FilesOutOfScope =
    [
        ("deck-testdata/lint/001-simple-lint/expected", "output of 'deck file lint'"),
        ("deck-testdata/lint/001-simple-lint/ruleset", "rules of a linter"),
        ("deck-testdata/lint/002-extends/expected", "output of 'deck file lint'"),
        ("deck-testdata/lint/002-extends/ruleset", "rules of a linter"),
        ("deck-testdata/lint/002-extends/oas", "an OpenAPI document"),
        ("deck-testdata/ai_sync/01-multiple-files/input", "AI gateway format"),
        ("deck-testdata/file_ai2kong/04-mcp/input", "AI gateway format"),
        ("deck-testdata/file_ai2kong/05-identity-providers/input", "AI gateway format"),
        ("kong-examples/_entities/config.yml", "settings of the documentation"),
        ("kong-examples/_entities/kic/", "Kubernetes objects"),
    ];

    /// <summary>Keys of entities that Weir does not have, wherever they stand.</summary>
    static readonly string[] EntitiesOutOfScope =
    [
        "custom_entities", "custom_plugins", "cloned_plugins", "rbac_roles", "licenses", "filter_chains", "service_packages", "oauth2_credentials",
        "mtls_auth_credentials",
    ];

    /// <summary>Documents that must be refused, with a part of the message.</summary>
    static readonly (string Path, string Message)[] Refused =
    [
        // decK adds these to what the gateway has; as whole documents their references lead nowhere.
        ("deck-testdata/apply/003-foreign-keys-consumers/plugin-01.yaml", "there is no consumer 'alice'"),
        ("deck-testdata/apply/008-update-existing-nested-entity/consumer-group-01.yaml", "there is no consumer 'alice'"),
        ("deck-testdata/apply/008-update-existing-nested-entity/consumer-group-02.yaml", "there is no consumer 'alice'"),
        ("deck-testdata/sync/029-lookup-tags-consumers/plugins_no_lookup.yaml", "there is no consumer 'foo'"),
        ("deck-testdata/sync/030-lookup-tags-routes/plugins_no_lookup.yaml", "there is no route 'foo'"),
        ("deck-testdata/sync/034-lookup-tags-consumerGroups/plugins_no_lookup_consumerGroup.yaml", "there is no consumer_group 'foo2'"),
        ("deck-testdata/sync/034-lookup-tags-consumerGroups/plugins_no_lookup_route.yaml", "there is no route 'bar'"),
        ("deck-testdata/sync/034-lookup-tags-consumerGroups/plugins_no_lookup_service.yaml", "there is no service 'foo'"),
        ("deck-testdata/sync/035-lookup-tags-services/plugins_no_lookup.yaml", "there is no service 'foo'"),
        ("deck-testdata/sync/041-plugins-nested-foreign-keys/kong3x-consumer-groups-not-in-state-or-dump.yaml", "there is no consumer_group '8ca63651"),
        ("deck-testdata/sync/041-plugins-nested-foreign-keys/kong3x-consumers-not-in-state-or-dump.yaml", "there is no consumer '8ca63651"),
        ("deck-testdata/sync/041-plugins-nested-foreign-keys/kong3x-routes-not-in-state-or-dump.yaml", "there is no route '8ca63651"),
        ("deck-testdata/sync/041-plugins-nested-foreign-keys/kong3x-services-not-in-state-or-dump.yaml", "there is no service '8ca63651"),
        ("deck-testdata/sync/049-skip-consumers-default-lookup-tags/consumer-groups.yaml", "there is no consumer 'my-consumer-username'"),
        ("deck-testdata/sync/051-consumer-group-not-found/kong.yaml", "there is no consumer_group 'non-existent-group'"),
        ("deck-testdata-extra/reconciler/apply/005-routes/route-update.yaml", "there is no service 'svc1'"),
        // Dumped by tag, and the partial has another.
        ("deck-testdata-extra/reconciler/dump/006-plugin-partials/select-tagged-dump-global.yaml", "there is no partial 'my-redis-config'"),
        ("deck-testdata-extra/reconciler/dump/006-plugin-partials/select-tagged-dump-nested.yaml", "there is no partial 'redis-svc'"),
        // Partials that do not exist or are not named.
        ("deck-testdata/sync/039-partials/kong-partials-no-type.yaml", "type: required field missing"),
        ("deck-testdata/sync/039-partials/kong-wrong.yaml", "there is no partial 'non-existent-partial'"),
        ("deck-testdata-extra/reconciler/sync/038-partials/kong-partials-no-type.yaml", "type: required field missing"),
        ("deck-testdata-extra/reconciler/sync/038-partials/kong-wrong.yaml", "there is no partial"),
        ("deck-testdata-extra/reconciler/sync/038-partials/ill-formatted-partial.yaml", "a reference by id or name is expected"),
        ("deck-testdata-extra/reconciler/sync/038-partials/nested-plugin-ill-formatted-partial.yaml", "a reference by id or name is expected"),
        ("deck-testdata-extra/reconciler/sync/038-partials/plugin-partial-no-ids.yaml", "a reference by id or name is expected"),
        ("deck-testdata-extra/reconciler/sync/038-partials/nested-plugin-partial-no-ids.yaml", "a reference by id or name is expected"),
        ("deck-testdata-extra/reconciler/sync/038-partials/nested-plugin-partial-not-exists.yaml", "there is no partial"),
        ("deck-testdata-extra/reconciler/sync/042-partials-tagging/partial-lookup-tags-wrong-ids.yaml", "partials[0].id: expected a valid UUID"),
        // The reader of files itself.
        ("deck-testdata-extra/reconciler-pkg-file/bad-env-var", "must be prefixed with 'DECK_'"),
        ("deck-testdata-extra/reconciler-pkg-file/badjson", "services: expected an array, found a map"),
        ("deck-testdata-extra/reconciler-pkg-file/differentworkspace", "_workspace: differs"),
        // Regular expressions without '~': what 'deck file render' warns about.
        ("deck-testdata/render/005-diagnostics/route-regex.yaml", "characters outside of the reserved list of RFC 3986 found"),
        // The same key twice; decK would silently take the last.
        ("deck-testdata/render/003-traditional-routes/input.yaml", "the key 'routes' stands twice"),
        // Examples of Kong's documentation that its own schema refuses.
        ("kong-examples/ai-proxy-advanced/sdk-two-routes.yaml", "config.targets[0].targets: unknown field"),
        ("kong-examples/ai-proxy/sdk-azure-deployment.yaml", "config.model.model: unknown field"),
        ("kong-examples/ai-proxy-advanced/video-generation-openai.yaml", "options.seconds: unknown field"),
        ("kong-examples/ai-proxy/video-generation-openai.yaml", "options.seconds: unknown field"),
        ("kong-examples/ai-proxy-advanced/xai-image-generation.yaml", "config.targets[0].genai_category: unknown field"),
        // Formats of servers that nobody runs any more.
        ("kong-examples/ai-proxy-advanced/llama2-chat-route.yaml", "only openai is supported"),
        ("kong-examples/ai-proxy/llama2-chat-route.yaml", "only openai is supported"),
        // Its vault is in another file.
        ("deck-testdata/file_ai2kong/05-identity-providers/output.yaml", "no vault 'ai' in the document"),
        // A route, filed among the upstreams.
        ("kong-examples/_entities/gateway/upstream/example-upstream.yml", "paths: unknown field"),
    ];

    /// <summary>Where documents are refused by plugins, and read where these are not there.</summary>
    static readonly string[] s_ofPlugins = ["kong-examples/ai-", "deck-testdata/file_ai2kong/"];

    /// <summary>A part of the message that the document must be refused with; null when it must be read.</summary>
    public static string? Refusal(CorpusCase document, IReadOnlyDictionary<string, PluginKind> catalog)
    {
        foreach (var (path, message) in Refused)
            if (document.Path == path && (catalog.ContainsKey("ai-proxy") || !s_ofPlugins.Any(start => path.StartsWith(start, StringComparison.Ordinal))))
                return message;
        return document.Files.Any(static file => file.Text.Contains("_format_version: \"1.1\"", StringComparison.Ordinal))
            ? "is the format of Kong before 3.0"
            : null;
    }

    /// <summary>Why the document is no concern of this reader; null when it is.</summary>
    public static string? OutOfScope(CorpusCase document, IReadOnlyDictionary<string, PluginKind> catalog)
    {
        foreach (var (path, reason) in FilesOutOfScope)
            if (document.Path.StartsWith(path, StringComparison.Ordinal))
                return reason;
        return document.Files.Select(static file => Parse(file.Name, file.Text))
            .Select(root => ReasonIn(root, catalog))
            .FirstOrDefault(static reason => reason is not null);
    }

    /// <summary>The first plugin of the document that a catalog does not have.</summary>
    public static string? MissingPlugin(CorpusCase document, IReadOnlyDictionary<string, PluginKind> catalog) =>
        document.Files.SelectMany(static file => Maps(Parse(file.Name, file.Text)))
            .SelectMany(static map => (map.Find("plugins") as ListNode)?.Items ?? [])
            .Select(static plugin => (plugin as MapNode)?.FindText("name"))
            .FirstOrDefault(name => name is not null && !catalog.ContainsKey(name));

    static string? ReasonIn(Node? root, IReadOnlyDictionary<string, PluginKind> catalog)
    {
        foreach (var map in Maps(root))
        {
            if (EntitiesOutOfScope.FirstOrDefault(name => map.Find(name) is ListNode { Items.Count: > 0 }) is { } entity)
                return entity.Replace('_', ' ');
            if (map.Find("expression") is ScalarNode { Kind: ScalarKind.Text } && map.Find("name") is not null)
                return "expression routes";
            if (map.Find("condition") is ScalarNode { Kind: ScalarKind.Text })
                return "conditions of plugins";
            foreach (var vault in (map.Find("vaults") as ListNode)?.Items ?? [])
                if ((vault as MapNode)?.FindText("name") is { } kind && VaultKinds.SettingsOf(kind) is null)
                    return "vaults of Konnect";
            foreach (var plugin in ((map.Find("plugins") as ListNode)?.Items ?? []).OfType<MapNode>())
                if (ReasonIn(plugin, catalog) is { } reason)
                    return reason;
        }
        return null;
    }

    // What the settings of a plugin ask for matters only where the plugin is there to be asked.
    static string? ReasonIn(MapNode plugin, IReadOnlyDictionary<string, PluginKind> catalog)
    {
        if (plugin.Find("config") is ListNode)
            return "several alternatives in one example";
        if (plugin.FindText("name") is not { } name || !catalog.ContainsKey(name))
            return null;
        var config = plugin.Find("config") as MapNode;
        return name switch
        {
            "rate-limiting" when config?.FindText("policy") is "redis" or "cluster" => "limits shared over Redis or a database",
            "basic-auth" when (config?.Find("brute_force_protection") as MapNode)?.FindText("strategy") == "redis" => "failed logins counted in Redis",
            "http-log" when config?.Find("client_certificate") is MapNode => "client certificates of log senders",
            "ai-rate-limiting-advanced" when config?.Find("request_prompt_count_function") is not null => "Lua code",
            "ai-proxy-advanced" when (config?.Find("balancer") as MapNode)?.FindText("algorithm") == "semantic" => "choosing models by meaning",
            "key-auth" or "basic-auth" when config?.Find("principals") is MapNode => "identities of Konnect",
            "key-auth" when config?.Find("identity_realms") is ListNode { Items: [MapNode first, ..] } && first.FindText("scope") == "realm"
                => "identities of Konnect",
            _ => null,
        };
    }

    static Node? Parse(string name, string text) => YamlText.Read(name, text, new ReadLimits(), new Report(1));

    static IEnumerable<MapNode> Maps(Node? node)
    {
        if (node is MapNode map)
            yield return map;
        var inner = node switch
        {
            MapNode parent => parent.Entries.Select(static entry => entry.Value),
            ListNode list => list.Items,
            _ => [],
        };
        foreach (var child in inner.SelectMany(Maps))
            yield return child;
    }
}
