using Weir.Ai.Plugins;
using Weir.Identity;

namespace Weir.Ai;

/// <summary>The targets that a route's calls may go to and the rules by which they do: what a configuration of ai-proxy becomes.</summary>
sealed class LlmRoute
{
    readonly HashSet<FailoverCriterion> _criteria;

    public LlmRoute(BalancerConfig balancer, IReadOnlyList<Target> targets, Random random)
    {
        (Balancer, Targets) = (balancer, targets);
        Chooser = TargetChooser.Of(balancer, random);
        FailTimeout = TimeSpan.FromMilliseconds(balancer.FailTimeout);
        _criteria = [.. balancer.FailoverCriteria];
    }

    public BalancerConfig Balancer { get; }

    public IReadOnlyList<Target> Targets { get; }

    public TargetChooser Chooser { get; }

    public TimeSpan FailTimeout { get; }

    public required LlmFormat Format { get; init; }

    public required ResponseStreaming Streaming { get; init; }

    /// <summary>Longest request body, in bytes.</summary>
    public required int RequestBodyBytesMax { get; init; }

    /// <summary>Name the model that answered in X-Kong-LLM-Model.</summary>
    public required bool NamesModel { get; init; }

    /// <summary>Any of the targets wants statistics, or payloads, in the log.</summary>
    public bool LogsStatistics => Targets.Any(static target => target.Config.Logging.LogStatistics);

    /// <summary>What a request is taken for when its path does not tell.</summary>
    public Surface Otherwise => new(OperationOf(Targets[0].Config.RouteType), DialectOf(Targets[0].Config.RouteType, Format));

    /// <summary>The targets that may serve a call for this model, in order; the problem names those that a client may ask for.</summary>
    public IReadOnlyList<Target> CandidatesFor(string asked, out string? problem)
    {
        problem = null;
        if (asked.Length == 0) return Targets;
        // Targets without an alias stand in for one another: whoever asks for the model of one may be served by all.
        var servesPlain = Targets.Any(target => target.Config.Model.ModelAlias is null && target.Takes(asked));
        var found = Targets.Where(target => target.Config.Model.ModelAlias is { } alias ? alias == asked : servesPlain).ToList();
        if (found.Count > 0) return found;
        var names = Targets.Select(static target => target.Config.Model.ModelAlias ?? target.Config.Model.Name).Distinct();
        problem = "cannot use own model - must be: " + string.Join(", ", names);
        return [];
    }

    /// <summary>Whether a virtual key may be used for this model; where the request names none, for whatever may be asked of a provider in its place.</summary>
    public bool IsOpenTo(VirtualKey key, string asked) => asked.Length > 0
        ? key.MayUse(asked)
        : Targets.All(target => key.MayUse(target.Config.Model.ModelAlias ?? target.Config.Model.Name ?? ""));

    /// <summary>The best candidate that is up and was not tried; null when there is none.</summary>
    public Target? Choose(Exchange exchange, IReadOnlyList<Target> candidates, IReadOnlyCollection<Target> tried)
    {
        var left = tried.Count == 0 && Balancer.MaxFails == 0
            ? candidates
            : [.. candidates.Where(target => !tried.Contains(target) && target.State.IsUp(Balancer.MaxFails, FailTimeout))];
        return left.Count == 0 ? null : Chooser.Choose(left, exchange);
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
