using System.Collections.Frozen;
using Weir.Ai.Plugins;
using Weir.Identity;

namespace Weir.Ai;

/// <summary>The targets that a route's calls may go to and the rules by which they do: what a configuration of ai-proxy becomes.</summary>
sealed class LlmRoute
{
    /// <summary>The targets that serve each of the models that are named, in order.</summary>
    readonly FrozenDictionary<string, Target[]> _named;

    /// <summary>The targets that serve all other models; empty where none does.</summary>
    readonly Target[] _others;

    readonly HashSet<FailoverCriterion> _criteria;
    readonly bool _hasCanaries;

    public LlmRoute(BalancerConfig balancer, IReadOnlyList<Target> targets, Random random)
    {
        (Balancer, Targets) = (balancer, targets);
        Chooser = TargetChooser.Of(balancer, random);
        Limits = CallLimits.Of(balancer);
        FailTimeout = TimeSpan.FromMilliseconds(balancer.FailTimeout);
        _hasCanaries = targets.Any(static target => target.Canary is not null);
        _criteria = [.. balancer.FailoverCriteria];
        var names = targets.Select(static target => target.Config.Model.ModelAlias ?? target.Config.Model.Name).OfType<string>();
        _named = names.Distinct().ToFrozenDictionary(static name => name, name => Serving(targets, name));
        _others = Serving(targets, null);
    }

    public BalancerConfig Balancer { get; }

    public IReadOnlyList<Target> Targets { get; }

    public TargetChooser Chooser { get; }

    public TimeSpan FailTimeout { get; }

    /// <summary>Time limits of its calls; null for those of the connections alone.</summary>
    public CallLimits? Limits { get; }

    public required LlmFormat Format { get; init; }

    public required ResponseStreaming Streaming { get; init; }

    /// <summary>Longest request body, in bytes.</summary>
    public required int RequestBodyBytesMax { get; init; }

    /// <summary>Name the model that answered in X-Kong-LLM-Model.</summary>
    public required bool NamesModel { get; init; }

    /// <summary>How long a stream is read on when its client has gone, in milliseconds; 0: not at all.</summary>
    public int DrainMs { get; init; }

    /// <summary>Tell provider, model, tokens, cost, tries and the gateway's own time in headers of the answer.</summary>
    public bool TellsCall { get; init; } = true;

    /// <summary>Who may use which targets; null: everybody all.</summary>
    public AccessRules? Access { get; init; }

    /// <summary>How many further tries there may be; null for any number.</summary>
    public RetryBudget? RetryBudget { get; init; }

    /// <summary>Where copies of the calls go; null for nowhere.</summary>
    public Mirror? Mirror { get; init; }

    /// <summary>Any of the targets wants statistics, or payloads, in the log.</summary>
    public bool LogsStatistics => Targets.Any(static target => target.Config.Logging.LogStatistics);

    /// <summary>What a request is taken for when its path does not tell.</summary>
    public Surface Otherwise => new(OperationOf(Targets[0].Config.RouteType), DialectOf(Targets[0].Config.RouteType, Format));

    /// <summary>The targets that may serve a call for this model, in order; the problem names those that a client may ask for.</summary>
    public IReadOnlyList<Target> CandidatesFor(string asked, out string? problem)
    {
        problem = null;
        if (asked.Length == 0) return Targets;
        if (!_named.TryGetValue(asked, out var found)) found = _others;
        if (found.Length > 0) return found;
        var names = Targets.Select(static target => target.Config.Model.ModelAlias ?? target.Config.Model.Name).Distinct();
        problem = "cannot use own model - must be: " + string.Join(", ", names);
        return [];
    }

    /// <summary>
    /// The targets that serve a model; null for one that none of them names. Targets without an alias stand in for one another: whoever asks for the model of
    /// one may be served by all.
    /// </summary>
    static Target[] Serving(IReadOnlyList<Target> targets, string? asked)
    {
        var servesPlain = targets.Any(target => target.Config.Model.ModelAlias is null && target.Takes(asked));
        return [.. targets.Where(target => target.Config.Model.ModelAlias is { } alias ? alias == asked : servesPlain)];
    }

    /// <summary>Whether a virtual key may be used for this model; where the request names none, for whatever may be asked of a provider in its place.</summary>
    public bool IsOpenTo(VirtualKey key, string asked) => asked.Length > 0
        ? key.MayUse(asked)
        : Targets.All(target => key.MayUse(target.Config.Model.ModelAlias ?? target.Config.Model.Name ?? ""));

    /// <summary>Those of the candidates that this caller may use.</summary>
    public IReadOnlyList<Target> AllowedOf(IReadOnlyList<Target> candidates, Exchange exchange, string asked) =>
        Access is { } access ? [.. candidates.Where(target => access.Allows(exchange, asked, target))] : candidates;

    /// <summary>The candidates without canaries; the canary that gets this call, if one does, is <paramref name="preferred"/> to them.</summary>
    public IReadOnlyList<Target> Steer(IReadOnlyList<Target> candidates, Exchange exchange, out Target? preferred)
    {
        preferred = null;
        if (!_hasCanaries) return candidates;
        preferred = candidates.FirstOrDefault(target => target.Canary?.Takes(exchange) ?? false);
        return [.. candidates.Where(static target => target.Canary is null)];
    }

    /// <summary>The preferred target or the best candidate that is up and was not tried; null when there is none.</summary>
    public Target? Choose(Exchange exchange, IReadOnlyList<Target> candidates, IReadOnlyList<Target> tried, Target? preferred = null)
    {
        if (preferred is not null && IsFree(preferred, tried, isOnly: false)) return preferred;
        var up = CountFree(candidates, tried);
        if (up == 0) return null;
        return Chooser.Choose(up == candidates.Count ? candidates : [.. candidates.Where(target => IsFree(target, tried, isOnly: false))], exchange);
    }

    /// <summary>Whether <see cref="Choose"/> would find one.</summary>
    public bool HasFree(IReadOnlyList<Target> candidates, IReadOnlyList<Target> tried, Target? preferred) =>
        CountFree(candidates, tried) > 0 || (preferred is not null && IsFree(preferred, tried, isOnly: false));

    int CountFree(IReadOnlyList<Target> candidates, IReadOnlyList<Target> tried)
    {
        var up = 0;
        for (var i = 0; i < candidates.Count; i++)
            if (IsFree(candidates[i], tried, candidates.Count == 1)) up++;
        return up;
    }

    /// <summary>Why none of the candidates can be tried: their keys rest, or they have failed.</summary>
    public LlmError Unavailable(IReadOnlyList<Target> candidates)
    {
        TimeSpan? earliest = null;
        foreach (var target in candidates)
            if (!target.Keys.IsUp && !(target.Keys.RestLeft >= earliest)) earliest = target.Keys.RestLeft;
        return earliest is { } left ? LlmFailure.Resting(left) : LlmFailure.Exhausted;
    }

    /// <summary>Whether a target may be tried. The only one there is with its only key does not rest: nobody could stand in, so the provider decides.</summary>
    bool IsFree(Target target, IReadOnlyList<Target> tried, bool isOnly)
    {
        for (var i = 0; i < tried.Count; i++)
            if (ReferenceEquals(tried[i], target)) return false;
        return (target.Keys.IsUp || (isOnly && target.Keys.Keys.Count == 1)) && target.State.IsUp(Balancer.MaxFails, FailTimeout);
    }

    /// <summary>Whether a failed try may be made good by another target. A call that was sent may have been served, and paid for, already.</summary>
    public bool MayFailOver(FailoverCriterion cause, bool wasSent) =>
        _criteria.Contains(cause) && (!wasSent || _criteria.Contains(FailoverCriterion.NonIdempotent));

    /// <summary>Whether this counts as a failure of the target.</summary>
    public bool IsFailure(FailoverCriterion cause) => _criteria.Contains(cause);

    static Operation OperationOf(RouteType type) => type switch
    {
        RouteType.Embeddings => Operation.Embeddings,
        RouteType.Files => Operation.Files,
        RouteType.Batches => Operation.Batches,
        RouteType.Assistants => Operation.Assistants,
        RouteType.Speech => Operation.Speech,
        RouteType.Transcriptions => Operation.Transcription,
        RouteType.Translations => Operation.AudioTranslation,
        RouteType.ImageGenerations => Operation.Images,
        RouteType.ImageEdits => Operation.ImageEdits,
        RouteType.VideoGenerations => Operation.Video,
        RouteType.Realtime => Operation.Realtime,
        RouteType.Preserve => Operation.Other,
        _ => Operation.Chat,
    };

    public static DialectName DialectOf(RouteType type, LlmFormat format) => (type, format) switch
    {
        (_, LlmFormat.Anthropic) => DialectName.Anthropic,
        (_, LlmFormat.Gemini) => DialectName.Gemini,
        (_, LlmFormat.Bedrock) => DialectName.Bedrock,
        (_, LlmFormat.Cohere) => DialectName.Cohere,
        (RouteType.Completions, _) => DialectName.OpenAiCompletions,
        (RouteType.Responses, _) => DialectName.OpenAiResponses,
        _ => DialectName.OpenAiChat,
    };
}
