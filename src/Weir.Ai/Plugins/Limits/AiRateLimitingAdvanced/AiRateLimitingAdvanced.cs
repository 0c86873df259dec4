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
    readonly IReadOnlyList<LimitSet> _sets;
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
            : [.. config.Policies!.Select((policy, i) => LimitSet.Of(policy, i, scope))];
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
        if (held.Lines.Length == 0) return Verdict.Continue;
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
        for (var i = 0; i < held.Lines.Length; i++)
        {
            var name = NameOf(held, i);
            headers[$"X-AI-RateLimit-Limit-{name}"] = Text(held.Rules[i], held.Rules[i].Rule.Limit);
            headers[$"X-AI-RateLimit-Remaining-{name}"] = Text(held.Rules[i], held.Uses[i].LeftOf(held.Rules[i].Rule));
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
        var resets = TimeSpan.FromMilliseconds(Math.Max(0, held.Uses[line].ResetsMs - _time.GetUtcNow().ToUnixTimeMilliseconds()));
        var seconds = (long)Math.Ceiling(resets.TotalSeconds + (_random.NextDouble() * _config.RetryAfterJitterMax));
        var message = _config.ErrorHideProviders ? _config.ErrorMessage.TrimEnd(' ', ':') : _config.ErrorMessage + held.Sets[line].Id;
        var retry = seconds.ToString(CultureInfo.InvariantCulture);
        var answer = LlmRefusal.Of(call.Dialect, new LlmError(LlmErrorKind.RateLimit, _config.ErrorCode, message)).With("Retry-After", retry);
        if (_config.HideClientHeaders) return answer;
        var name = NameOf(held, line);
        return answer
            .With($"X-AI-RateLimit-Limit-{name}", Text(held.Rules[line], held.Rules[line].Rule.Limit))
            .With($"X-AI-RateLimit-Remaining-{name}", Text(held.Rules[line], held.Uses[line].LeftOf(held.Rules[line].Rule)))
            .With("X-AI-RateLimit-Reset", retry)
            .With("X-AI-RateLimit-Retry-After", retry);
    }

    string NameOf(HeldLimits held, int line) =>
        _config.ErrorHideProviders ? held.Rules[line].Window : $"{held.Rules[line].Window}-{held.Sets[line].Id}";

    static string Text(LimitRule rule, long units) => rule.Counts == LimitedTokens.Cost
        ? (units / (decimal)Nano.PerOne).ToString(CultureInfo.InvariantCulture)
        : units.ToString(CultureInfo.InvariantCulture);

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

/// <summary>What one call holds of the limits it is subject to.</summary>
sealed class HeldLimits
{
    HeldLimits(List<(LimitSet Set, LimitRule Rule, string Identity)> found)
    {
        Sets = [.. found.Select(static each => each.Set)];
        Rules = [.. found.Select(static each => each.Rule)];
        Lines = [.. found.Select(static each => each.Rule.Rule.Line(each.Identity, 0))];
        Uses = new LineUse[found.Count];
    }

    public Guid Id { get; } = ReservationId.Next();

    public LimitSet[] Sets { get; }

    public LimitRule[] Rules { get; }

    public BudgetLine[] Lines { get; }

    public LineUse[] Uses { get; }

    public static HeldLimits Of(IReadOnlyList<LimitSet> sets, Exchange exchange, LlmCall call, string identity)
    {
        List<(LimitSet, LimitRule, string)> found = [];
        foreach (var set in sets)
            if (!set.IsFallback && set.Matches(exchange, call, out var partition)) Add(set, partition);
        if (found.Count == 0)
            foreach (var set in sets)
                if (set.IsFallback) Add(set, "");
        return new HeldLimits(found);

        void Add(LimitSet set, string partition)
        {
            foreach (var rule in set.Rules)
                if (found.Count < BudgetLine.LinesMax) found.Add((set, rule, identity + partition));
        }
    }

    /// <summary>What is to be reserved: nothing where it is not known yet whether the limit will count the call at all.</summary>
    public void Estimate(long promptTokens)
    {
        for (var i = 0; i < Lines.Length; i++)
        {
            if (Sets[i].IsByProvider || Rules[i].Counts == LimitedTokens.Cost) continue;
            var prompt = Rules[i].Counts == LimitedTokens.CompletionTokens ? 0 : promptTokens;
            var perUnit = Rules[i].Counts == LimitedTokens.PromptTokens ? 0 : 1;
            Lines[i] = Lines[i] with { Amount = Math.Min(prompt, BudgetRule.AmountMax), PerUnit = perUnit };
        }
    }

    /// <summary>What was really used.</summary>
    public void Charge(LlmOutcome outcome)
    {
        for (var i = 0; i < Lines.Length; i++)
        {
            var counts = outcome.Target is { } target && Sets[i].CountsProvider(target.ProviderText);
            Lines[i] = Lines[i] with { Amount = counts ? Rules[i].Used(outcome) : 0, PerUnit = 0 };
        }
    }
}
