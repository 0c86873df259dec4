using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>A model as callers see it: one name, served by one or several models of providers. It stands for an ai_model, routes and plugins.</summary>
sealed record ModelConfig : Entity
{
    [Description("Unique name; callers ask for the model by it, or by its alias."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Name for people; shown in lists of models."), Length(1, 256)]
    public string? DisplayName { get; init; }

    [Description("A model answers calls; an api passes files and batches on.")]
    public ModelType Type { get; init; }

    [Description("A disabled model is invisible.")]
    public bool Enabled { get; init; } = true;

    [Description("What the model does. Each capability has paths of its own. Unset: generate; an api has no default.")]
    public IReadOnlyList<ModelCapability>? Capabilities { get; init; }

    [Description("Dialects in which it may be called. Kong takes one; Weir any number.")]
    public IReadOnlyList<ModelFormat> Formats { get; init; } = [new()];

    [Description("Models of providers that serve it."), MinLength(1)]
    public required IReadOnlyList<ModelTarget> Targets { get; init; }

    [Description("Where and how it is served.")]
    public ModelSettings Config { get; init; } = new();

    [Description("Who may call it; unset: everybody.")]
    public ModelAccess? Access { get; init; }

    [Description("Policies that its calls are subject to, by name."), Set]
    public IReadOnlyList<string>? Policies { get; init; }

    [Description("Labels; they become tags of the form name:value.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Description("Who manages it. Kept, not interpreted.")]
    public IReadOnlyDictionary<string, string>? ManagedBy { get; init; }
}

/// <summary>Kinds of models.</summary>
enum ModelType
{
    [JsonStringEnumMemberName("model")] Model,
    [JsonStringEnumMemberName("api")] Api,
}

/// <summary>What models do.</summary>
enum ModelCapability
{
    [JsonStringEnumMemberName("generate")] Generate,
    [JsonStringEnumMemberName("embeddings")] Embeddings,
    [JsonStringEnumMemberName("rerank")] Rerank,
    [JsonStringEnumMemberName("image")] Image,
    [JsonStringEnumMemberName("audio/speech")] Speech,
    [JsonStringEnumMemberName("audio/transcription")] Transcription,
    [JsonStringEnumMemberName("audio/translation")] Translation,
    [JsonStringEnumMemberName("video")] Video,
    [JsonStringEnumMemberName("agentic")] Agentic,
    [JsonStringEnumMemberName("realtime")] Realtime,
    [JsonStringEnumMemberName("files")] Files,
    [JsonStringEnumMemberName("batches")] Batches,
}

/// <summary>A dialect of callers.</summary>
sealed record ModelFormat
{
    [Description("The dialect.")]
    public ModelFormatType Type { get; init; }
}

/// <summary>Dialects of callers.</summary>
enum ModelFormatType
{
    [JsonStringEnumMemberName("openai")] OpenAi,
    [JsonStringEnumMemberName("anthropic")] Anthropic,
    [JsonStringEnumMemberName("gemini")] Gemini,
    [JsonStringEnumMemberName("bedrock")] Bedrock,
    [JsonStringEnumMemberName("cohere")] Cohere,
    [JsonStringEnumMemberName("huggingface")] HuggingFace,
}

/// <summary>Where and how a model is served.</summary>
sealed record ModelSettings
{
    [Description("Which requests are for it.")]
    public ModelRoute Route { get; init; } = new();

    [Description("Names under which callers ask for it.")]
    public ModelNaming Model { get; init; } = new();

    [Description("How a target is chosen, and when another is tried: the balancer of ai-proxy-advanced.")]
    public JsonElement? Balancer { get; init; }

    [Description("Whether callers may have their answers streamed: allow, deny or always.")]
    public string ResponseStreaming { get; init; } = "allow";

    [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
    public int MaxRequestBodySize { get; init; } = 8 * 1024 * 1024;

    [Description("What of the calls is logged.")]
    public ModelLogging Logging { get; init; } = new();

    [Description("Proxy between the gateway and the providers; not supported yet.")]
    public JsonElement? Proxy { get; init; }
}

/// <summary>What of the calls is logged.</summary>
sealed record ModelLogging
{
    [Description("Log prompts and answers.")]
    public bool Payloads { get; init; }

    [Description("Log models, tokens, cost and latency of each call.")]
    public bool Statistics { get; init; } = true;
}

/// <summary>Names under which callers ask for a model.</summary>
sealed record ModelNaming
{
    [Description("The name that requests give; unset: the model's own.")]
    public string? Alias { get; init; }

    [Description("Whether the model that answered is named in the X-Kong-LLM-Model header.")]
    public bool NameHeader { get; init; } = true;
}

/// <summary>Which requests are for a model: a route's fields, and where the request names the model.</summary>
sealed record ModelRoute
{
    [Description("Paths below which the API stands: /v1 gives /v1/chat/completions, /v1/messages, /v1beta/models/….")]
    [Format(TextFormat.RouterPath), MinLength(1)]
    public IReadOnlyList<string> Paths { get; init; } = ["/v1"];

    [Description("Hosts matched."), Format(TextFormat.WildcardHost)]
    public IReadOnlyList<string>? Hosts { get; init; }

    [Description("Methods matched; unset: those that the API has."), Set, Format(TextFormat.Method)]
    public IReadOnlyList<string>? Methods { get; init; }

    [Description("Headers matched.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Headers { get; init; }

    [Description("Protocols answered."), Set, MinLength(1)]
    public IReadOnlyList<RouteProtocol> Protocols { get; init; } = [RouteProtocol.Http, RouteProtocol.Https];

    [Description("Status sent to plain http where only https is served.")]
    public int HttpsRedirectStatusCode { get; init; } = 426;

    [Description("Which regular expression wins when several match; higher first.")]
    public int RegexPriority { get; init; }

    [Description("Accepted for compatibility: the path at the provider is the provider's.")]
    public bool StripPath { get; init; } = true;

    [Description("Accepted for compatibility: the Host header at the provider is the provider's.")]
    public bool PreserveHost { get; init; }

    [Description("Accepted for compatibility.")]
    public bool RequestBuffering { get; init; } = true;

    [Description("Accepted for compatibility.")]
    public bool ResponseBuffering { get; init; } = true;

    [Description("Tags of the route.")]
    public IReadOnlyList<string>? Tags { get; init; }

    [Description("Where a request names the model; unset: in the field model of its body, and in the path of Gemini's and Bedrock's APIs.")]
    public ModelParameter? Model { get; init; }
}

/// <summary>Where a request names its model. At most one of the three.</summary>
sealed record ModelParameter
{
    [Description("Field at the top of the body.")]
    public string? BodyParam { get; init; }

    [Description("Header."), Format(TextFormat.HeaderName)]
    public string? HeaderParam { get; init; }

    [Description("Named capture of a route's path that is a regular expression.")]
    public string? PathParam { get; init; }

    [Description("The name that is given there, in place of the alias."), MaxLength(1)]
    public IReadOnlyList<string>? Values { get; init; }

    [Description("The same, where the path names the model."), MaxLength(1)]
    public IReadOnlyList<string>? PathAliases { get; init; }
}

/// <summary>Who may call a model.</summary>
sealed record ModelAccess
{
    [Description("Groups that may, or may not, call it.")]
    public ModelAcls? Acls { get; init; }

    [Description("Whether callers need a virtual key that may use the model.")]
    public bool VirtualKeys { get; init; }

    [Description("Identity providers of Kong; not supported yet.")]
    public IReadOnlyList<string>? IdentityProviders { get; init; }
}

/// <summary>Groups that may, or may not, call a model: one of the two.</summary>
sealed record ModelAcls
{
    [Description("Names of consumer groups, acl groups or groups of the credential that may call it; everybody else may not.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [Description("Those that may not; everybody else may.")]
    public IReadOnlyList<string>? Deny { get; init; }
}
