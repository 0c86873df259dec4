using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Weir.Limits;

namespace Weir.Ai.Plugins;

/// <summary>
/// Limits the tokens and the money that callers use over time. Before a call its prompt is reserved, as far as it can be estimated, and the answer as far as
/// the request bounds it; afterwards what was really used is charged and the rest given back. So calls that run side by side cannot all pass on the same rest.
/// </summary>
sealed partial class AiRateLimitingAdvanced : IPluginKind<AiRateLimitingAdvanced.Config>, IOnRequest, IOnResponse, IOnDone
{
    /// <summary>How long a call that is never settled holds what it reserved.</summary>
    static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    readonly Config _config;
    readonly LimitSet[] _sets;
    readonly IBudgetStore _store;
    readonly TimeProvider _time;
    readonly Random _random;
    readonly ILogger _log;

    AiRateLimitingAdvanced(Config config, PluginContext context)
    {
        (_config, _time, _random, _log) = (config, context.Time, context.Random, context.Log);
        _store = StoreOf(config, context);
        var scope = "ai-rate-limiting-advanced/" + (config.Namespace ?? context.PluginId);
        _sets = config.LlmProviders is { } providers
            ? [.. providers.Select(provider => LimitSet.Of(provider, config, scope))]
            : [.. config.Policies!.Select((policy, i) => LimitSet.Of(policy, i, scope, !config.ErrorHideProviders))];
    }

    /// <summary>Kong's nodes count for themselves while Redis is away, and so do these.</summary>
    static IBudgetStore StoreOf(Config config, PluginContext context)
    {
        var shared = context.Get<SharedBudgets>();
        return config.Strategy switch
        {
            LimitStrategy.Cluster => shared.Database
                ?? throw new InvalidOperationException("strategy: 'cluster' needs the node's settings limits_store: postgres and limits_postgres"),
            LimitStrategy.Redis => context.Keep.Get(
                "ai-limits-redis/" + config.Redis!.Identity, () => new OwnedRedisBudgets(config.Redis.ToOptions(), context.Time, context.Random)),
            _ => shared.Local,
        };
    }

    public static string Name => "ai-rate-limiting-advanced";
    public static string Summary => "Limits the tokens and the cost of LLM calls over time.";
    public static JsonTypeInfo<Config> ConfigType => AiRateLimitingAdvancedJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new AiRateLimitingAdvanced(config, context);

    public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var otherwise = new Surface(Operation.Chat, LlmRoute.DialectOf(RouteType.Chat, _config.LlmFormat ?? LlmFormat.OpenAi));
        var (call, error) = await LlmCall.OpenAsync(exchange, otherwise, AnswerLimits.WholeBytesMax);
        if (call is null) return LlmRefusal.Of(DialectCatalog.Of(LlmCall.SurfaceOf(exchange, otherwise).Dialect), error!);
        var held = HeldLimits.Of(_sets, exchange, call, IdentityOf(exchange));
        if (held.Count == 0) return Verdict.Continue;
        var promptTokens = TokenEstimator.Body(call.Scan.Size.TextBytes, call.ModelAsked).Tokens + call.Scan.Size.Tokens;
        held.Estimate(promptTokens);
        var units = new UnitRange(call.Scan.OutputTokensMax is > 0 and var most ? most : 0, 0);
        var result = await _store.ReserveAsync(held.Id, held.Lines, units, Lease, held.Uses, exchange.Aborted);
        if (result.IsGranted)
        {
            exchange.SetState(this, held);
            return Verdict.Continue;
        }
        if (result.Outcome == ReserveOutcome.Refused) return Refuse(call, held, result.Line);
        LogUnavailable(_log, exchange.RequestId);
        return LlmRefusal.Of(call.Dialect, new LlmError(LlmErrorKind.Provider, 500, "the token limits cannot be checked"));
    }

    public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
    {
        if (_config.HideClientHeaders || exchange.FindState(this) is not HeldLimits held) return Verdict.Continue;
        var headers = exchange.Http.Response.Headers;
        for (var i = 0; i < held.Count; i++)
        {
            var rule = held.RuleOf(i);
            headers[rule.LimitHeader] = rule.LimitText;
            headers[rule.RemainingHeader] = rule.RemainingText(held.Uses.Span[i]);
        }
        return Verdict.Continue;
    }

    public void OnDone(Exchange exchange)
    {
        if (exchange.FindState(this) is not HeldLimits held || LlmCall.Of(exchange) is not { } call) return;
        held.Charge(call.Outcome);
        var settling = SettleAsync(held, exchange.RequestId);
        if (!settling.IsCompletedSuccessfully) _ = settling.AsTask();
    }

    async ValueTask SettleAsync(HeldLimits held, string requestId)
    {
        try
        {
            var outcome = await _store.SettleAsync(held.Id, held.Lines, held.Uses, CancellationToken.None);
            if (outcome == SettleOutcome.Unavailable) LogUnavailable(_log, requestId);
        }
        catch (ObjectDisposedException)
        {
            // The process is ending; a remote store gives the reservation back when its lease runs out.
        }
    }

    Verdict Refuse(LlmCall call, HeldLimits held, int line)
    {
        var resets = TimeSpan.FromMilliseconds(Math.Max(0, held.Uses.Span[line].ResetsMs - _time.GetUtcNow().ToUnixTimeMilliseconds()));
        var seconds = (long)Math.Ceiling(resets.TotalSeconds + (_random.NextDouble() * _config.RetryAfterJitterMax));
        var message = _config.ErrorHideProviders ? _config.ErrorMessage.TrimEnd(' ', ':') : _config.ErrorMessage + held.SetOf(line).Id;
        var retry = seconds.ToString(CultureInfo.InvariantCulture);
        var answer = LlmRefusal.Of(call.Dialect, new LlmError(LlmErrorKind.RateLimit, _config.ErrorCode, message)).With("Retry-After", retry);
        if (_config.HideClientHeaders) return answer;
        var rule = held.RuleOf(line);
        return answer
            .With(rule.LimitHeader, rule.LimitText)
            .With(rule.RemainingHeader, rule.RemainingText(held.Uses.Span[line]))
            .With("X-AI-RateLimit-Reset", retry)
            .With("X-AI-RateLimit-Retry-After", retry);
    }

    string IdentityOf(Exchange exchange) => _config.Identifier switch
    {
        LimitIdentifier.Consumer => exchange.Consumer?.Id,
        LimitIdentifier.Credential => exchange.Credential?.Id,
        LimitIdentifier.Service => exchange.Service?.Id,
        LimitIdentifier.Header => exchange.Http.Request.Headers[_config.HeaderName!] is [{ Length: > 0 } value, ..] ? value : null,
        LimitIdentifier.Path => exchange.Path == _config.Path ? exchange.Path : null,
        LimitIdentifier.ConsumerGroup => exchange.Consumer is { Groups: [var group, ..] } ? group.Id : null,
        _ => null,
    } ?? exchange.ClientIp.ToString();

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId}: the store of token limits cannot be reached")]
    static partial void LogUnavailable(ILogger log, string requestId);
}
