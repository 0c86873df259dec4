using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Weir.Ai.Plugins;

/// <summary>What ai-request-transformer and ai-response-transformer have in common: the model to ask, and what to ask it.</summary>
record BodyTransformerConfig
{
    [Description("What the model is told to do with the body, which it gets as the user's message.")]
    public required string Prompt { get; init; }

    [Description("Regular expression that the model's answer must match; the first match is taken. Unset: all of the answer is."), MinLength(1)]
    public string? TransformationExtractPattern { get; init; }

    [Description("The model.")]
    public required BalancedTargetConfig Llm { get; init; }

    [Description("Time in which the model must answer, in milliseconds."), Range(1, int.MaxValue)]
    public int HttpTimeout { get; init; } = 60_000;

    [Description("Whether the certificate of the model's server must be trusted.")]
    public bool HttpsVerify { get; init; } = true;

    [Description("Longest body that is transformed, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
    public int MaxRequestBodySize { get; init; } = 1024 * 1024;

    [Description("Proxy for http. Weir calls models without one: must be unset.")]
    public string? HttpProxyHost { get; init; }

    [Description("Its port. Must be unset."), Range(0, 65535)]
    public int? HttpProxyPort { get; init; }

    [Description("Proxy for https. Must be unset.")]
    public string? HttpsProxyHost { get; init; }

    [Description("Its port. Must be unset."), Range(0, 65535)]
    public int? HttpsProxyPort { get; init; }

    [Description("Proxies, in the words of Kong's AI Gateway 2. Must be unset.")]
    public TransformerProxies? ProxyConfig { get; init; }

    internal int BodyBytesMax => MaxRequestBodySize == 0 ? AnswerLimits.WholeBytesMax : MaxRequestBodySize;
}

/// <summary>Proxies between the gateway and a model.</summary>
sealed record TransformerProxies
{
    [Description("User name."), Referenceable]
    public string? AuthUsername { get; init; }

    [Description("Password."), Secret]
    public string? AuthPassword { get; init; }

    [Description("Hosts that are called without a proxy.")]
    public string? NoProxy { get; init; }

    [Description("Proxy for http.")]
    public string? HttpProxyHost { get; init; }

    [Description("Its port."), Range(0, 65535)]
    public int? HttpProxyPort { get; init; }

    [Description("Proxy for https.")]
    public string? HttpsProxyHost { get; init; }

    [Description("Its port."), Range(0, 65535)]
    public int? HttpsProxyPort { get; init; }

    [Description("Scheme of the proxies."), AllowedValues("http")]
    public string ProxyScheme { get; init; } = "http";
}
