using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.ObjectPool;
using Weir.Limits;

namespace Weir.Gateway.Plugins;

/// <summary>Limits the number of requests per calendar window, by consumer, credential, address, service, header, path or consumer group.</summary>
sealed partial class RateLimiting : IPluginKind<RateLimiting.Config>, IOnRequest, IOnResponse, IOnDone
{
    /// <summary>Key under which all rate limits of this node share one store, whatever is reloaded.</summary>
    internal const string LocalStoreKey = "limits/local";

    const string NoEntity = "00000000-0000-0000-0000-000000000000";

    static readonly Answer StoreUnavailable = Answer.Error(500, "An unexpected error occurred");

    readonly ICounterStore _store;
    readonly LimitIdentity _identity;
    readonly WindowLimit[] _limits;
    readonly LimitHeaders? _headers;
    readonly Answer _refusal;
    readonly bool _faultTolerant;
    readonly TimeProvider _time;
    readonly ObjectPool<Use> _uses = new DefaultObjectPool<Use>(new UsePolicy());

    RateLimiting(Config config, PluginContext context)
    {
        var scope = new CounterScope($"ratelimit:{context.RouteId ?? NoEntity}:{context.ServiceId ?? NoEntity}:{config.LimitBy}");
        _store = context.Keep.Get<ICounterStore>(LocalStoreKey, () => new MemoryCounterStore(context.Time));
        _identity = new LimitIdentity(scope, config.LimitBy, config.HeaderName, config.Path, context.ConsumerGroupId);
        // A limit of 1.5 leaves half a request over after one, which admits a second.
        _limits = [.. config.Limits.Select(limit => new WindowLimit(limit.Period, (long)Math.Min(Math.Ceiling(limit.Limit), long.MaxValue)))];
        _headers = config.HideClientHeaders ? null : new LimitHeaders(config.Limits);
        _refusal = Answer.Error(config.ErrorCode, config.ErrorMessage);
        _faultTolerant = config.FaultTolerant;
        _time = context.Time;
    }

    public static string Name => "rate-limiting";

    public static string Summary => "Limits how many requests a client may send per second, minute, hour, day, month or year.";

    public static JsonTypeInfo<Config> ConfigType => RateLimitingJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new RateLimiting(config, context);

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var use = _uses.Get();
        exchange.SetState(this, use);
        var now = _time.GetUtcNow();
        use.UtcTicks = now.UtcTicks;
        var counting = _store.TryCountAsync(_identity.Of(exchange), _limits, now, 1, use.Used, exchange.Aborted);
        return counting.IsCompletedSuccessfully ? Decide(use, counting.GetAwaiter().GetResult()) : AwaitAsync(use, counting);
    }

    public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
    {
        if (_headers is not null && exchange.FindState(this) is Use { Outcome: CountOutcome.Counted or CountOutcome.Refused } use)
            _headers.Set(exchange.Http.Response.Headers, use.Used, use.UtcTicks, use.Outcome == CountOutcome.Refused);
        return Verdict.Continue;
    }

    public void OnDone(Exchange exchange)
    {
        if (exchange.FindState(this) is Use use) _uses.Return(use);
    }

    async ValueTask<Verdict> AwaitAsync(Use use, ValueTask<CountOutcome> counting) => Decide(use, await counting);

    Verdict Decide(Use use, CountOutcome outcome)
    {
        use.Outcome = outcome;
        return outcome switch
        {
            CountOutcome.Counted => Verdict.Continue,
            CountOutcome.Refused => _refusal,
            _ => _faultTolerant ? Verdict.Continue : StoreUnavailable,
        };
    }

    /// <summary>What one request used, from its count until its headers are written. Pooled: a known caller costs no allocation.</summary>
    sealed class Use
    {
        public long[] Used { get; } = new long[CalendarWindow.PeriodCount];
        public long UtcTicks { get; set; }
        public CountOutcome Outcome { get; set; } = CountOutcome.Unavailable;
    }

    sealed class UsePolicy : PooledObjectPolicy<Use>
    {
        public override Use Create() => new();

        public override bool Return(Use obj)
        {
            obj.Outcome = CountOutcome.Unavailable;
            return true;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RateLimiting.Config))]
sealed partial class RateLimitingJson : JsonSerializerContext;
