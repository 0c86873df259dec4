using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Weir.Ai;

/// <summary>The metrics of OpenTelemetry's conventions for generative AI, beside those of the metrics page. Cost nothing while nobody listens.</summary>
static class GenAiMeter
{
    const double NanoPerOne = 1e9;

    static readonly Meter Meter = new(GenAiNames.Source);

    static readonly Histogram<double> Duration = Seconds(
        "gen_ai.client.operation.duration", "Time of a call, all tries.", [.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]);

    static readonly Histogram<double> FirstToken = Seconds(
        "gen_ai.server.time_to_first_token", "Time from sending a call to the first content of its stream.",
        [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10]);

    static readonly Histogram<double> PerToken = Seconds(
        "gen_ai.server.time_per_output_token", "Time per token of a stream after the first.", [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5]);

    static readonly Histogram<long> Tokens = Meter.CreateHistogram<long>(
        "gen_ai.client.token.usage", "{token}", "Tokens of a call.", tags: null, new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
        });

    static readonly Counter<double> Cost = Meter.CreateCounter<double>("kong.gen_ai.llm.cost", "{cost}", "Cost of calls, in the currency of the prices.");

    /// <summary>Somebody listens.</summary>
    public static bool IsOn => Duration.Enabled || Tokens.Enabled || FirstToken.Enabled || PerToken.Enabled || Cost.Enabled;

    /// <summary>Records a call that is over.</summary>
    public static void Record(LlmCall call, TimeProvider time)
    {
        var outcome = call.Outcome;
        if (outcome.Target is not { } target || outcome.FirstSentTicks == 0) return;
        var tags = new TagList
        {
            { GenAiNames.OperationName, GenAiNames.OperationOf(call.Surface) },
            { GenAiNames.Provider, GenAiNames.ProviderOf(target) },
            { GenAiNames.RequestModel, outcome.ModelSent },
            { GenAiNames.ResponseModel, outcome.ModelServed ?? outcome.ModelSent },
            { GenAiNames.RequestMode, outcome.IsStream ? "stream" : "oneshot" },
        };
        if (outcome.Usage is { } usage)
        {
            RecordTokens(usage.Input, "input", tags);
            RecordTokens(usage.Output, "output", tags);
            if (outcome is { IsStream: true, FirstContentTicks: > 0, EndedTicks: > 0 } && usage.Output > 1)
                PerToken.Record(time.GetElapsedTime(outcome.FirstContentTicks, outcome.EndedTicks).TotalSeconds / (usage.Output - 1), tags);
        }
        if (outcome is { IsStream: true, FirstContentTicks: > 0 })
            FirstToken.Record(time.GetElapsedTime(outcome.SentTicks, outcome.FirstContentTicks).TotalSeconds, tags);
        if (outcome.Cost is { } cost) Cost.Add(cost / NanoPerOne, tags);
        if (GenAiNames.ErrorOf(outcome) is { } error) tags.Add(GenAiNames.ErrorType, error);
        if (outcome.EndedTicks > 0) Duration.Record(time.GetElapsedTime(outcome.FirstSentTicks, outcome.EndedTicks).TotalSeconds, tags);
    }

    static void RecordTokens(long count, string kind, in TagList shared)
    {
        var tags = shared;
        tags.Add(GenAiNames.TokenType, kind);
        Tokens.Record(count, tags);
    }

    static Histogram<double> Seconds(string name, string description, double[] bounds) =>
        Meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
