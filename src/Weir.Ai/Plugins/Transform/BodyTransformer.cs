using System.Text;
using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Ai.Plugins;

/// <summary>Has a model make another body out of one, and takes what is wanted from its answer.</summary>
sealed class BodyTransformer
{
    const RegexOptions PatternOptions = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Multiline;

    readonly string _prompt;
    readonly Regex? _extract;
    readonly SideCall _model;

    public BodyTransformer(BodyTransformerConfig config, LlmParts parts, Target target)
    {
        _prompt = config.Prompt;
        if (config.TransformationExtractPattern is { } pattern) _extract = new Regex(PathFormat.DotNet(pattern), PatternOptions);
        _model = new SideCall(target, parts, config.HttpTimeout, config.HttpsVerify);
    }

    public static void Check(BodyTransformerConfig config, Problems problems)
    {
        if (config.TransformationExtractPattern is { } pattern) UserPattern.Check("transformation_extract_pattern", pattern, problems);
        if (config.Llm.RouteType is not (RouteType.Chat or RouteType.Completions))
            problems.Add("llm.route_type", "must be llm/v1/chat or llm/v1/completions: the body is put to the model as a conversation");
        if (config.Llm.Auth.AllowOverride) problems.Add("llm.auth.allow_override", "must be false: the call is the gateway's own");
        foreach (var (name, isSet) in new[]
        {
            ("http_proxy_host", config.HttpProxyHost is not null), ("http_proxy_port", config.HttpProxyPort is not null),
            ("https_proxy_host", config.HttpsProxyHost is not null), ("https_proxy_port", config.HttpsProxyPort is not null),
            ("proxy_config", config.ProxyConfig is not null),
        })
        {
            if (isSet) problems.Add(name, "must be unset: Weir calls models without a proxy");
        }
    }

    /// <summary>The new body, or why there is none, in Kong's words.</summary>
    public async ValueTask<(string? Body, string? Problem)> TransformAsync(Exchange exchange, ReadOnlyMemory<byte> body)
    {
        var (answer, problem) = await _model.AskAsync(exchange, _prompt, Encoding.UTF8.GetString(body.Span));
        if (answer is null) return (null, $"failed to introspect request with AI service: {problem}");
        if (_extract is null) return (answer, null);
        return _extract.Match(answer) is { Success: true } match ? (match.Value, null) : (null, "AI response did not match specified regular expression");
    }

    /// <summary>A refusal in Kong's form; of a call of a model, in the client's dialect.</summary>
    public static Answer Refuse(Exchange exchange, int status, string message)
    {
        if (LlmCall.Of(exchange) is { } call) return LlmRefusal.Of(call.Dialect, new LlmError(LlmError.KindOf(status), status, message));
        var body = WireJson.Build(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteText("message", message);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return Answer.Bytes(status, body.Utf8, "application/json");
    }
}
