using Weir.Config;

namespace Weir.Ai.Plugins;

/// <summary>What ai-proxy and ai-proxy-advanced do with an exchange, once their configurations have become a route.</summary>
abstract class ProxyPlugin(LlmRoute route, LlmParts parts) : IOnRequest, IOnUpstream, IOnDone
{
    /// <summary>Where its calls go.</summary>
    public LlmRoute Route => route;

    /// <summary>What a request is taken for whose path does not tell.</summary>
    public Surface Otherwise => route.Otherwise;

    public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var (call, error) = await LlmCall.OpenAsync(exchange, route.Otherwise, route.RequestBodyBytesMax);
        if (error is not null) return LlmRefusal.Of(DialectCatalog.Of(LlmCall.SurfaceOf(exchange, route.Otherwise).Dialect), error);
        if (exchange.Model is null && VirtualKeyAuth.KeyOf(exchange) is { } key && !route.IsOpenTo(key, call!.ModelAsked))
            return LlmRefusal.Of(call.Dialect, AiModelSelector.NotFound(call.ModelAsked));
        exchange.SetState(this, new LlmRun(route, call!, exchange, parts));
        return Verdict.Continue;
    }

    public ValueTask<Verdict> SendAsync(Exchange exchange) => Run(exchange).SendAsync();

    public ValueTask CopyBodyAsync(Exchange exchange, BodyOutput body) => Run(exchange).CopyBodyAsync(body);

    public ValueTask FinishAsync(Exchange exchange) => Run(exchange).FinishAsync();

    public void OnDone(Exchange exchange)
    {
        if (LlmCall.Of(exchange) is not { } call || exchange.FindState(this) is null) return;
        parts.Metrics.Record(exchange, call.Outcome, parts.Time);
        if (call.Outcome.Target is { Config.Logging: { LogStatistics: true } or { LogPayloads: true } })
            LlmLogFields.Add(exchange, call, parts.PluginId, parts.Time);
    }

    LlmRun Run(Exchange exchange) => (LlmRun)exchange.FindState(this)!;

    public static LlmParts Parts(PluginContext context) =>
        new(context.Get<IUpstreams>(), context.Get<LlmMetrics>(), context.Get<LlmBooks>(), context.Time, context.Log, context.PluginId)
        {
            Budgets = context.Services.GetService(typeof(CallBudgets)) as CallBudgets,
        };

    public static Target Make(TargetConfig config, int weight, PluginContext context, Canary? canary = null)
    {
        var key = string.Join('/', "llm-target", config.Model.Provider, config.Model.Name, config.Model.ModelAlias, config.Model.Options.UpstreamUrl);
        var state = context.Keep.Get(key, () => new TargetState(context.Time));
        return new Target(config, weight, state, PoolOf(config, key, context)) { Canary = canary };
    }

    /// <summary>The target's keys. What is known of a key is kept for each target: limits are the model's more often than the key's.</summary>
    static KeyPool PoolOf(TargetConfig config, string targetKey, PluginContext context)
    {
        var pool = config.AuthPool ?? new KeyPoolConfig();
        var restMax = TimeSpan.FromMilliseconds(pool.RestMax);
        if (pool.Keys.Count == 0) return new KeyPool(pool.Rotation, restMax, KeyOf(config, null, targetKey, context));
        return new KeyPool(pool.Rotation, restMax, [.. pool.Keys.Select(key => KeyOf(config with { Auth = key.Over(config.Auth) }, key, targetKey, context))]);
    }

    static PooledKey KeyOf(TargetConfig config, PooledKeyConfig? pooled, string targetKey, PluginContext context)
    {
        var keys = context.Get<LlmMetrics>().Keys;
        var digest = (pooled?.Secret ?? config.Auth.HeaderValue ?? config.Auth.ParamValue) is { } secret ? PooledKeyConfig.DigestOf(secret) : "default";
        var state = context.Keep.Get($"llm-key/{targetKey}/{digest}", () => new KeyState(context.Time, keys.Forget));
        var name = pooled?.Name ?? digest;
        keys.Show(state, ProviderNames.TextOf(config.Model.Provider), name);
        return new PooledKey(name, Authorizers.Of(config, context), state);
    }

    /// <summary>The rules of one target, whose fields stand below <paramref name="field"/>.</summary>
    public static void Check(TargetConfig target, string field, Problems problems)
    {
        var prefix = field.Length == 0 ? "" : field + ".";
        KeyPoolRules.Check(target, prefix, problems);
        var options = target.Model.Options;
        if (options.UpstreamUrl is { } url && new RequestTemplate(url).IsConstant && !Uri.TryCreate(url, UriKind.Absolute, out _))
            problems.Add($"{prefix}model.options.upstream_url", $"'{url}' is no absolute URL");
        foreach (var (name, text) in new[] { ("name", target.Model.Name), ("options.upstream_url", options.UpstreamUrl) })
            if (text is not null && RequestTemplate.ProblemOf(text) is { } wrong) problems.Add($"{prefix}model.{name}", wrong);
        for (var i = 0; i < target.Logging.RedactPatterns.Count; i++)
            PatternScanner.Check($"{prefix}logging.redact_patterns[{i}]", PathFormat.DotNet(target.Logging.RedactPatterns[i]), problems);
        if (options.Costs is { IsStated: true } costs) costs.ToEntry(target.Model.Provider.ToString(), "*", problems, $"{prefix}model.options.");
        ProviderCatalog.Of(target.Model.Provider).Check(target.Model, $"{prefix}model", problems);
    }
}
