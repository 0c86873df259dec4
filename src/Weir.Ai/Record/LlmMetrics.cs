using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>
/// The metrics of LLM calls. Those that Kong has carry its names and labels, so that dashboards go on working; the others are Weir's own.
/// </summary>
sealed class LlmMetrics
{
    const long NanoPerOne = 1_000_000_000;

    static readonly double[] ProviderMs = [25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];
    static readonly double[] FirstContentSeconds = [.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];
    static readonly string[] Labels =
        ["ai_provider", "ai_model", "cache_status", "vector_db", "embeddings_provider", "embeddings_model", "request_mode", "workspace", "consumer"];

    readonly SeriesFamily<Counter> _requests;
    readonly SeriesFamily<Counter> _cost;
    readonly SeriesFamily<Counter> _tokens;
    readonly SeriesFamily<Histogram> _providerTime;
    readonly SeriesFamily<Histogram> _firstContent;
    readonly SeriesFamily<Counter> _outcomes;
    readonly SeriesFamily<Counter> _failedTries;
    readonly SeriesFamily<Counter> _losses;
    readonly SeriesFamily<Counter> _mirrors;
    readonly SeriesFamily<Counter> _refusedRetries;

    public LlmMetrics(MetricRegistry registry)
    {
        Keys = new KeyMetrics(registry);
        Streams = new StreamMetrics(registry);
        _requests = registry.Counter("kong_ai_llm_requests_total", "LLM calls.", Labels);
        _cost = registry.Counter("kong_ai_llm_cost_total", "Cost of LLM calls, in the currency of the prices.", Labels, NanoPerOne);
        _tokens = registry.Counter("kong_ai_llm_tokens_total", "Tokens of LLM calls by kind.", [.. Labels, "token_type"]);
        _providerTime = registry.Histogram("kong_ai_llm_provider_latency_ms", "Time from sending a call to the end of its answer, in milliseconds.", ProviderMs,
            TimeSpan.TicksPerMillisecond, Labels);
        _firstContent = registry.Histogram("weir_llm_time_to_first_content_seconds", "Time from sending a call to the first content of its answer.",
            FirstContentSeconds, TimeSpan.TicksPerSecond, ["provider", "model"]);
        _outcomes = registry.Counter(
            "weir_llm_outcomes_total", "LLM calls by how they ended: complete, gone (the client), broken, cut, error, refused.",
            ["provider", "model", "outcome"]);
        _failedTries = registry.Counter(
            "weir_llm_failed_tries_total", "Tries of LLM calls that another target made good, or that failed.", ["provider", "model"]);
        _losses = registry.Counter("weir_llm_translation_losses_total", "LLM calls of which something could not be translated.", ["provider", "model"]);
        _mirrors = registry.Counter(
            "weir_llm_mirrors_total", "Copies of LLM calls by how they ended; dropped, or unpaid (a budget has no room), for those that were not made.",
            ["provider", "model", "outcome"]);
        _refusedRetries = registry.Counter(
            "weir_llm_retries_refused_total", "Failures of LLM calls that were answered because the route's retry budget was spent.", ["provider"]);
    }

    /// <summary>A copy of a call is over.</summary>
    public void Mirrored(Target target, LlmOutcome outcome) => _mirrors.With(target.ProviderText, outcome.ModelSent, OutcomeOf(outcome)).Add();

    /// <summary>A call was not copied: too many copies are under way, no key is up, or the target cannot be asked it.</summary>
    public void MirrorDropped(Target target) => _mirrors.With(target.ProviderText, target.Config.Model.Name ?? "", "dropped").Add();

    /// <summary>A call was not copied, because a budget has no room for the copy.</summary>
    public void MirrorUnpaid(Target target) => _mirrors.With(target.ProviderText, target.Config.Model.Name ?? "", "unpaid").Add();

    /// <summary>A failure was answered because the route's budget of further tries is spent.</summary>
    public void RetryRefused(Target target) => _refusedRetries.With(target.ProviderText).Add();

    /// <summary>The operator's keys.</summary>
    public KeyMetrics Keys { get; }

    /// <summary>Open streams.</summary>
    public StreamMetrics Streams { get; }

    /// <summary>Counts a call that is over.</summary>
    public void Record(Exchange exchange, LlmOutcome outcome, TimeProvider time)
    {
        if (outcome.Target is not { } target) return;
        var provider = target.ProviderText;
        var model = outcome.ModelSent;
        _outcomes.With(provider, model, OutcomeOf(outcome)).Add(1);
        if (outcome.Tries > 1) _failedTries.With(provider, model).Add(outcome.Tries - 1);
        if (!outcome.Losses.IsEmpty) _losses.With(provider, model).Add(1);
        var consumer = exchange.Consumer?.Username ?? exchange.Consumer?.CustomId ?? "";
        var series = target.State.Series is { } last && last.IsOf(model, outcome.IsStream, consumer)
            ? last
            : target.State.Series = new CallSeries(this, provider, model, outcome.IsStream, consumer);
        series.Record(outcome, time);
    }

    static string OutcomeOf(LlmOutcome outcome) => outcome switch
    {
        { ProviderStatus: >= 400 } => "refused",
        { ClientLeft: true } => "gone",
        { Error: not null } => "error",
        { IsCut: true } => "cut",
        { IsComplete: true } => "complete",
        _ => "broken",
    };

    /// <summary>The series of one model for one consumer, found once: calls that follow each other are mostly alike.</summary>
    public sealed class CallSeries(LlmMetrics metrics, string provider, string model, bool isStream, string consumer)
    {
        readonly string _mode = isStream ? "stream" : "oneshot";
        Counter? _requests, _cost, _prompt, _completion, _total;
        Histogram? _providerTime, _firstContent;

        public bool IsOf(string otherModel, bool otherIsStream, string otherConsumer) =>
            isStream == otherIsStream && model == otherModel && consumer == otherConsumer;

        public void Record(LlmOutcome outcome, TimeProvider time)
        {
            (_requests ??= Of(metrics._requests)).Add(1);
            if (outcome.SentTicks != 0 && outcome.EndedTicks != 0)
                (_providerTime ??= Of(metrics._providerTime)).Observe(time.GetElapsedTime(outcome.SentTicks, outcome.EndedTicks).Ticks);
            if (outcome.FirstContentTicks != 0)
            {
                _firstContent ??= metrics._firstContent.With(provider, model);
                _firstContent.Observe(time.GetElapsedTime(outcome.SentTicks, outcome.FirstContentTicks).Ticks);
            }
            if (outcome.Cost is { } cost) (_cost ??= Of(metrics._cost)).Add(cost);
            if (outcome.Usage is not { } usage) return;
            (_prompt ??= TokensOf("prompt_tokens")).Add(usage.Input);
            (_completion ??= TokensOf("completion_tokens")).Add(usage.Output);
            (_total ??= TokensOf("total_tokens")).Add(usage.Total);
        }

        TSeries Of<TSeries>(SeriesFamily<TSeries> family) where TSeries : Series =>
            family.With(provider, model, "", "", "", "", _mode, "default", consumer);

        Counter TokensOf(string kind) => metrics._tokens.With(provider, model, "", "", "", "", _mode, "default", consumer, kind);
    }
}
