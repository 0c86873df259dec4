using System.Diagnostics;

namespace Weir.Ai;

/// <summary>
/// The span of a call, with the attributes of OpenTelemetry's conventions for generative AI. A child of the client's span where it sends one, and the parent
/// of the provider's. Costs nothing while nobody listens.
/// </summary>
static class GenAiSpan
{
    static readonly ActivitySource Source = new(GenAiNames.Source);

    /// <summary>Begins the span of a call; null when nobody wants it.</summary>
    public static Activity? Begin(LlmCall call, Exchange exchange)
    {
        if (!Source.HasListeners()) return null;
        var headers = exchange.Http.Request.Headers;
        ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        var operation = GenAiNames.OperationOf(call.Surface);
        var name = call.ModelAsked.Length == 0 ? operation : $"{operation} {call.ModelAsked}";
        // The conventions want these at the begin: samplers may look at them.
        KeyValuePair<string, object?>[] tags = [new(GenAiNames.OperationName, operation), new(GenAiNames.RequestModel, call.ModelAsked)];
        var span = Source.StartActivity(name, ActivityKind.Client, parent, tags);
        // A span of one call must not become the parent of whatever else this thread does.
        if (span is not null) Activity.Current = span.Parent;
        return span;
    }

    /// <summary>Names the span as the provider's parent, in place of the client's.</summary>
    public static void Forward(Activity span, List<KeyValuePair<string, string>> headers)
    {
        if (span.Id is not { } id) return;
        headers.RemoveAll(static header => header.Key.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
        headers.Add(new("traceparent", id));
    }

    /// <summary>Ends the span with what became of the call.</summary>
    public static void End(Activity span, LlmCall call, Exchange exchange)
    {
        var outcome = call.Outcome;
        if (span.IsAllDataRequested)
        {
            if (call.Scan.OutputTokensMax is { } tokens) span.SetTag(GenAiNames.MaxTokens, tokens);
            if (outcome.Target is { } target) DescribeTarget(span, target, outcome);
            if (outcome.Usage is { } usage) DescribeUsage(span, usage);
            if (outcome.Stop is { } stop) span.SetTag(GenAiNames.FinishReasons, new[] { GenAiNames.StopOf(stop) });
            if (Payer.Of(exchange)?.Session is { } session) span.SetTag(GenAiNames.Conversation, session);
            if ((exchange.Consumer?.Username ?? exchange.Consumer?.CustomId) is { } consumer) span.SetTag(GenAiNames.Consumer, consumer);
            if (StreamMetrics.TextOf(outcome.State) is { } state) span.SetTag(GenAiNames.StreamState, state);
            if (GenAiNames.ErrorOf(outcome) is { } error)
            {
                span.SetTag(GenAiNames.ErrorType, error);
                span.SetStatus(ActivityStatusCode.Error, outcome.Error?.Message);
            }
        }
        span.Stop();
    }

    static void DescribeTarget(Activity span, Target target, LlmOutcome outcome)
    {
        span.SetTag(GenAiNames.Provider, GenAiNames.ProviderOf(target));
        span.SetTag(GenAiNames.RequestModel, outcome.ModelSent);
        span.SetTag(GenAiNames.ResponseModel, outcome.ModelServed ?? outcome.ModelSent);
        if (outcome.ResponseId is { } id) span.SetTag(GenAiNames.ResponseId, id);
        if (outcome.Address is { } address)
        {
            span.SetTag(GenAiNames.ServerAddress, address.Host);
            span.SetTag(GenAiNames.ServerPort, address.Port);
        }
        span.SetTag(GenAiNames.RequestMode, outcome.IsStream ? "stream" : "oneshot");
        span.SetTag(GenAiNames.Tries, outcome.Tries);
    }

    static void DescribeUsage(Activity span, TokenUsage usage)
    {
        span.SetTag(GenAiNames.InputTokens, usage.Input);
        span.SetTag(GenAiNames.OutputTokens, usage.Output);
        if (usage.CacheRead > 0) span.SetTag(GenAiNames.CacheReadTokens, usage.CacheRead);
        if (usage.CacheWrite + usage.CacheWriteLong is > 0 and var written) span.SetTag(GenAiNames.CacheCreationTokens, written);
    }
}
