using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>What a failed try means: for the choice of another target, and for the client if there is none.</summary>
static class LlmFailure
{
    /// <summary>The criterion that a failure of the network stands for; null where another target cannot help.</summary>
    public static FailoverCriterion? CauseOf(UpstreamFailure failure) => failure switch
    {
        UpstreamFailure.Unreachable or UpstreamFailure.Tls or UpstreamFailure.Broken => FailoverCriterion.Error,
        UpstreamFailure.ConnectTimeout or UpstreamFailure.Timeout => FailoverCriterion.Timeout,
        UpstreamFailure.Invalid => FailoverCriterion.InvalidHeader,
        _ => null,
    };

    /// <summary>The criterion that a status stands for; null for statuses that are no failure of the target.</summary>
    public static FailoverCriterion? CauseOf(int status) => status switch
    {
        403 => FailoverCriterion.Http403,
        404 => FailoverCriterion.Http404,
        429 => FailoverCriterion.Http429,
        500 => FailoverCriterion.Http500,
        502 => FailoverCriterion.Http502,
        503 or 529 => FailoverCriterion.Http503,
        504 => FailoverCriterion.Http504,
        _ => null,
    };

    /// <summary>What the client is told of a failure of the network.</summary>
    public static LlmError ErrorOf(UpstreamFailure failure) => failure switch
    {
        UpstreamFailure.ConnectTimeout or UpstreamFailure.Timeout => new LlmError(LlmErrorKind.Timeout, 504, "the model provider did not answer in time"),
        UpstreamFailure.Unsendable => new LlmError(LlmErrorKind.InvalidRequest, 400, "the request cannot be sent to the model provider"),
        _ => new LlmError(LlmErrorKind.Provider, 502, "the model provider cannot be reached or broke the connection"),
    };

    /// <summary>The model has no price, and models without one may not be called.</summary>
    public static LlmError Unpriced(Target target, string model) =>
        new(LlmErrorKind.Permission, 403, $"model {target.ProviderText}/{model} has no price, and unpriced models may not be called") { Param = "model" };

    /// <summary>A token for the provider could not be had.</summary>
    public static LlmError Unproven { get; } = new(LlmErrorKind.Provider, 502, "the gateway cannot prove itself to the model provider");

    /// <summary>Every key that could serve the call was refused lately and rests.</summary>
    public static LlmError Resting(TimeSpan left) =>
        new(LlmErrorKind.RateLimit, 429, "the model providers of this route have had too many requests; try later") { RetryAfterSeconds = SecondsOf(left) };

    /// <summary>A wait in whole seconds, as Retry-After wants it: at least one.</summary>
    public static int SecondsOf(TimeSpan wait) => (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, int.MaxValue);

    /// <summary>The caller may use none of the targets that could serve the call.</summary>
    public static LlmError Forbidden { get; } = new(LlmErrorKind.Permission, 403, "you may not use this model");

    /// <summary>The call took longer than it may.</summary>
    public static LlmError Late { get; } = new(LlmErrorKind.Timeout, 504, "the call took longer than the gateway allows");

    /// <summary>There is no target left to try, or none is up.</summary>
    public static LlmError Exhausted { get; } = new(LlmErrorKind.Overloaded, 503, "no model provider is available for this request");
}
