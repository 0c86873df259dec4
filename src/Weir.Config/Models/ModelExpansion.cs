namespace Weir.Config;

/// <summary>
/// Turns models into what the gateway runs, before anything is parsed: each model into an ai_model and an instance of ai-proxy-advanced for it, its policies
/// into instances for it, and the paths at which models are called into routes on which ai-model-selector chooses. What comes out stands at the places
/// of what it was made from, so that whatever is wrong with it is reported there (<see cref="Report.Declare(MapNode, string)"/>).
/// </summary>
static class ModelExpansion
{
    static readonly string[] s_entities = [EntityKinds.Models.Plural, EntityKinds.ModelProviders.Plural, EntityKinds.Policies.Plural];

    /// <summary>The same document with everything that its models stand for; they themselves are still in it.</summary>
    public static MapNode Expand(MapNode root, Report report)
    {
        if (!s_entities.Any(name => root.Find(name) is ListNode)) return root;
        var expanding = new Expanding(root, report);
        foreach (var model in root.Maps(EntityKinds.Models.Plural)) expanding.Model(model);
        foreach (var policy in root.Maps(EntityKinds.Policies.Plural)) expanding.GlobalPolicy(policy);
        return expanding.Finish();
    }

    /// <summary>The document without what was expanded: the form that Kong's gateway has.</summary>
    public static MapNode WithoutModels(MapNode root) => root.Without(s_entities);

    sealed class Expanding
    {
        readonly MapNode _root;
        readonly Report _report;
        readonly Dictionary<string, MapNode> _policies;
        readonly HashSet<string> _usedPolicies = new(StringComparer.Ordinal);
        readonly ModelProxy _proxy;
        readonly List<Node> _aiModels = [];
        readonly List<Node> _routes = [];
        readonly List<Node> _plugins = [];
        readonly Dictionary<string, ModelGroup> _groups = new(StringComparer.Ordinal);

        public Expanding(MapNode root, Report report)
        {
            (_root, _report) = (root, report);
            var providers = ByName(EntityKinds.ModelProviders);
            _policies = ByName(EntityKinds.Policies);
            ByName(EntityKinds.Models);
            _proxy = new ModelProxy(providers, report);
            WarnOfUnused(root, providers.Keys);
        }

        // Also tells the report whose places these are. Of two with the same name the first counts; the linker reports the second.
        Dictionary<string, MapNode> ByName(EntityKind kind)
        {
            var found = new Dictionary<string, MapNode>(StringComparer.Ordinal);
            foreach (var node in _root.Maps(kind.Plural))
            {
                _report.Declare(node, Label(kind, node));
                if (node.FindText("name") is { } name) found.TryAdd(name, node);
                if (node.FindText("id") is { } id) found.TryAdd(id, node);
            }
            return found;
        }

        public void Model(MapNode model)
        {
            if (model.FindText("name") is not { } name) return;
            var label = Label(EntityKinds.Models, model);
            var settings = model.Map("config");
            var route = settings.Map("route");
            var named = route.Map("model");
            var asked = settings.Map("model")?.FindText("alias")
                ?? named.Texts("values").Concat(named.Texts("path_aliases")).FirstOrDefault() ?? name;
            var isEnabled = model.Flag("enabled") ?? true;
            _aiModels.Add(new MapMaker(model.Place)
                .Add("name", model.At("name"))
                .Add("alias", asked == name ? null : asked)
                .Add("display_name", model.At("display_name"))
                .Add("enabled", isEnabled ? null : model.At("enabled"))
                .Add("access", model.At("access"))
                .Add("tags", Tags(model))
                .ToNode());
            // Policies are looked up for a disabled model, too: its mistakes would only show when it is enabled.
            var policies = Policies(model, label).ToList();
            var config = _proxy.Make(model, label, asked);
            if (!isEnabled) return;
            foreach (var policy in policies) _plugins.Add(policy);
            if (config is not null)
                _plugins.Add(new MapMaker(model.Place).Add("name", "ai-proxy-advanced").Add("model", name).Add("config", config).ToNode());
            Join(model, name, asked, route, label);
        }

        void Join(MapNode model, string name, string asked, MapNode? route, string label)
        {
            var paths = route.At("paths") is ListNode ? route.List("paths") : [MapMaker.Text(model.Place, "/v1")];
            foreach (var path in paths.OfType<ScalarNode>().Where(static path => path.Kind == ScalarKind.Text))
            {
                var key = ModelGroup.KeyOf(path.Text, route);
                if (!_groups.TryGetValue(key, out var group)) _groups[key] = group = new ModelGroup(path.Text, path.Place, route);
                if (group.Add(model, name, asked) is { } other)
                    _report.Error(model.Nearest("config.model.alias").Place, label, "config.model.alias",
                        $"'{asked}' is asked for at {path.Text} already: by the name of model '{other}'");
            }
        }

        public void GlobalPolicy(MapNode policy)
        {
            if (policy.FindText("type") is not { } || policy.FindText("name") is not { } name) return;
            if (policy.Flag("global") == true) _plugins.Add(Plugin(policy).ToNode());
            else if (!_usedPolicies.Contains(name))
                _report.Warning(policy.Place, Label(EntityKinds.Policies, policy), "", "no model names it, and it is not global: it has no effect");
        }

        /// <summary>The document with what came of its models added to its lists.</summary>
        public MapNode Finish()
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var group in _groups.Values) group.Expand(names, _routes, _plugins);
            var root = _root;
            foreach (var (kind, made) in new[] { (EntityKinds.AiModels, _aiModels), (EntityKinds.Routes, _routes), (EntityKinds.Plugins, _plugins) })
            {
                if (made.Count == 0 || root.Find(kind.Plural) is not (null or ListNode or ScalarNode { Kind: ScalarKind.Null })) continue;
                var own = root.List(kind.Plural);
                root = root.With(kind.Plural, new ListNode(own.Count > 0 ? own[0].Place : made[0].Place, [.. own, .. made]));
            }
            return root;
        }

        IEnumerable<Node> Policies(MapNode model, string label)
        {
            var list = model.List("policies");
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i] is not ScalarNode { Kind: ScalarKind.Text } name) continue;
                if (!_policies.TryGetValue(name.Text, out var policy))
                {
                    _report.Error(name.Place, label, $"policies[{i}]",
                        $"there is no policy '{name.Text}' in this document{Suggestion.For(name.Text, _policies.Keys)}");
                    continue;
                }
                if (policy.FindText("name") is { } used) _usedPolicies.Add(used);
                if (policy.FindText("type") is not null) yield return Plugin(policy).Add("model", MapMaker.Text(name.Place, model.FindText("name")!)).ToNode();
            }
        }

        static MapMaker Plugin(MapNode policy) =>
            new MapMaker(policy.Place).Add("name", policy.At("type")).Add("config", policy.At("config")).Add("enabled", policy.At("enabled"));

        void WarnOfUnused(MapNode root, IEnumerable<string> providers)
        {
            var used = root.Maps(EntityKinds.Models.Plural).SelectMany(static model => model.Maps("targets"))
                .Select(static target => target.FindText("provider")).ToHashSet();
            foreach (var provider in root.Maps(EntityKinds.ModelProviders.Plural))
                if (!used.Contains(provider.FindText("name")) && !used.Contains(provider.FindText("id")))
                    _report.Warning(provider.Place, Label(EntityKinds.ModelProviders, provider), "", "no model uses it");
        }

        static string Label(EntityKind kind, MapNode node) => new Row(kind, node, null).Label;

        // As Kong has them: name:value.
        static ListNode? Tags(MapNode model)
        {
            var tags = model.List("tags").ToList();
            foreach (var entry in model.Map("labels")?.Entries ?? [])
                if (entry.Value is ScalarNode { Kind: ScalarKind.Text } value) tags.Add(MapMaker.Text(value.Place, $"{entry.Key}:{value.Text}"));
            return tags.Count == 0 ? null : new ListNode(model.Place, tags);
        }
    }
}
