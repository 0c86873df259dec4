namespace Weir.Config;

/// <summary>Makes the configuration of ai-proxy-advanced out of a model and the providers that it names.</summary>
sealed class ModelProxy(IReadOnlyDictionary<string, MapNode> providers, Report report)
{
    const string BodyBytesMax = "8388608";

    /// <summary>The configuration; null when no target can be made, which is then reported.</summary>
    public MapNode? Make(MapNode model, string label, string asked)
    {
        var settings = model.Map("config");
        var targets = new List<Node>();
        var list = model.List("targets");
        for (var i = 0; i < list.Count; i++)
            if (list[i] is MapNode target && Target(target, label, $"targets[{i}]", asked, settings) is { } made) targets.Add(made);
        if (targets.Count == 0) return null;

        var balancer = settings.Map("balancer");
        var format = model.Maps("formats").FirstOrDefault()?.At("type");
        return new MapMaker(model.Place)
            .Add("targets", new ListNode(list.Count > 0 ? model.At("targets")!.Place : model.Place, targets))
            .Add("balancer", balancer?.Without("embeddings", "vectordb"))
            .Add("embeddings", balancer.At("embeddings"))
            .Add("vectordb", balancer.At("vectordb"))
            .Add("llm_format", format)
            .Add("response_streaming", settings.At("response_streaming"))
            .Add("max_request_body_size", settings.At("max_request_body_size") ?? new ScalarNode(model.Place, ScalarKind.Integer, BodyBytesMax))
            .Add("model_name_header", settings.Map("model").At("name_header"))
            .ToNode();
    }

    MapNode? Target(MapNode target, string label, string field, string asked, MapNode? settings)
    {
        if (target.FindText("provider") is not { } name) return null;
        if (!providers.TryGetValue(name, out var provider))
        {
            report.Error(target.At("provider")!.Place, label, field + ".provider",
                $"there is no model_provider '{name}' in this document{Suggestion.For(name, providers.Keys)}");
            return null;
        }
        var type = provider.FindText("type") ?? "";
        var own = target.Map("config");
        if (own?.FindText("type") is { } said && said != type)
        {
            report.Error(own.At("type")!.Place, label, field + ".config.type", $"the model_provider '{name}' is of type {type}, not {said}");
            return null;
        }
        var options = new Options(own?.Place ?? target.Place);
        var auth = Auth(provider, target, options);
        if (!ReadOptions(own, type, label, field, options)) return null;
        options.AddIfAbsent("upstream_url", provider.Map("config").At("upstream_url"));
        if (type == "azure") options.AddIfAbsent("azure_instance", provider.Map("config").At("instance"));
        var logging = settings.Map("logging");
        return new MapMaker(target.Place)
            .Add("model", new MapMaker(target.Place)
                .Add("provider", provider.At("type"))
                .Add("name", target.At("name"))
                .Add("model_alias", asked)
                .Add("options", options.ToNodeIfAny())
                .ToNode())
            .Add("auth", auth)
            .Add("weight", target.At("weight"))
            .Add("description", target.At("semantic_description"))
            .Add("logging", new MapMaker(target.Place)
                .Add("log_statistics", logging.At("statistics") ?? new ScalarNode(target.Place, ScalarKind.Boolean, "true"))
                .Add("log_payloads", logging.At("payloads"))
                .ToNode())
            .ToNode();
    }

    bool ReadOptions(MapNode? own, string type, string label, string field, Options options)
    {
        var isGood = true;
        foreach (var entry in own?.Entries ?? [])
        {
            if (entry.Key == "type") continue;
            if (ModelOptionNames.Of(type, entry.Key) is { } option)
            {
                options.AddIfAbsent(option, entry.Value);
                continue;
            }
            // A field that no type has is reported as unknown by the model's own form.
            if (!ModelChecks.TargetFields.Contains(entry.Key) || entry.Value is ScalarNode { Kind: ScalarKind.Null }) continue;
            report.Error(entry.Value.Place, label, $"{field}.config.{entry.Key}", $"a provider of type {type} has no such parameter");
            isGood = false;
        }
        return isGood;
    }

    static MapNode? Auth(MapNode provider, MapNode target, Options options)
    {
        var auth = provider.Map("config").Map("auth");
        var made = new MapMaker(auth?.Place ?? provider.Place);
        var type = auth?.FindText("type") ?? "basic";
        if (type == "basic")
        {
            var header = auth.Maps("headers").FirstOrDefault();
            var param = auth.Maps("params").FirstOrDefault();
            made.Add("header_name", header.At("name")).Add("header_value", header.At("value"));
            made.Add("param_name", param.At("name")).Add("param_value", param.At("value")).Add("param_location", param.At("location"));
        }
        foreach (var (own, field, to) in ModelOptionNames.Auth)
        {
            if (own != type) continue;
            if (to.Contains('.', StringComparison.Ordinal)) options.AddIfAbsent(to, auth.At(field));
            else made.Add(to, auth.At(field));
        }
        made.Add("allow_override", target.At("allow_auth_override"));
        return made.ToNodeIfAny();
    }

    /// <summary>Options of a model; those of one vendor stand in a map of their own.</summary>
    sealed class Options(Place place)
    {
        MapNode _options = new(place, []);

        public void AddIfAbsent(string path, Node? value)
        {
            if (value is null or ScalarNode { Kind: ScalarKind.Null }) return;
            var dot = path.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0)
            {
                if (_options.Find(path) is null) _options = _options.With(path, value);
                return;
            }
            var inner = _options.Map(path[..dot]) ?? new MapNode(place, []);
            if (inner.Find(path[(dot + 1)..]) is null) _options = _options.With(path[..dot], inner.With(path[(dot + 1)..], value));
        }

        public MapNode? ToNodeIfAny() => _options.Entries.Count == 0 ? null : _options;
    }
}
