namespace Weir.Ai.Plugins;

/// <summary>What ai-proxy and ai-proxy-advanced do with an exchange, once their configurations have become a route.</summary>
abstract class ProxyPlugin(LlmRoute route, LlmParts parts) : IOnRequest, IOnUpstream, IOnDone
{
    public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var (call, error) = await LlmCall.OpenAsync(exchange, route.Otherwise, route.RequestBodyBytesMax);
        if (error is not null) return LlmRefusal.Of(DialectCatalog.Of((Surface.OfPath(exchange.Path) ?? route.Otherwise).Dialect), error);
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
        if (call.Outcome.Target is { Config.Logging.LogStatistics: true }) LlmLogFields.Add(exchange, call, parts.PluginId, parts.Time);
    }

    LlmRun Run(Exchange exchange) => (LlmRun)exchange.FindState(this)!;

    protected static LlmParts Parts(PluginContext context) =>
        new(context.Get<IUpstreams>(), context.Get<LlmMetrics>(), context.Get<LlmBooks>(), context.Time, context.Log, context.PluginId)
        {
            Budgets = context.Services.GetService(typeof(CallBudgets)) as CallBudgets,
        };

    protected static Target Make(TargetConfig config, int weight, PluginContext context)
    {
        var key = string.Join('/', "llm-target", config.Model.Provider, config.Model.Name, config.Model.ModelAlias, config.Model.Options.UpstreamUrl);
        var state = context.Keep.Get(key, () => new TargetState(context.Time));
        return new Target(config, weight, state, Authorizers.Of(config, context));
    }

    /// <summary>The rules of one target, whose fields stand below <paramref name="field"/>.</summary>
    protected static void Check(TargetConfig target, string field, Problems problems)
    {
        var prefix = field.Length == 0 ? "" : field + ".";
        var auth = target.Auth;
        if (auth.HeaderName is null != auth.HeaderValue is null)
            problems.Add($"{prefix}auth", "all or none of these fields must be set: 'header_name', 'header_value'");
        if (auth.ParamName is null != auth.ParamValue is null || auth.ParamName is null != auth.ParamLocation is null)
            problems.Add($"{prefix}auth", "all or none of these fields must be set: 'param_name', 'param_value', 'param_location'");
        AuthorizerRules.Check(target, prefix, problems);
        var options = target.Model.Options;
        if (options.UpstreamUrl is { } url && new RequestTemplate(url).IsConstant && !Uri.TryCreate(url, UriKind.Absolute, out _))
            problems.Add($"{prefix}model.options.upstream_url", $"'{url}' is no absolute URL");
        foreach (var (name, text) in new[] { ("name", target.Model.Name), ("options.upstream_url", options.UpstreamUrl) })
            if (text is not null && RequestTemplate.ProblemOf(text) is { } wrong) problems.Add($"{prefix}model.{name}", wrong);
        if (options.Costs is { IsStated: true } costs) costs.ToEntry(target.Model.Provider.ToString(), "*", problems, $"{prefix}model.options.");
        ProviderCatalog.Of(target.Model.Provider).Check(target.Model, $"{prefix}model", problems);
    }
}
