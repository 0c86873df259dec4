using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Ai.Plugins;

/// <summary>Refuses calls of models that ask for too much: by size, by kind of content, by model.</summary>
sealed class AiRequestLimits : PromptPlugin, IPluginKind<AiRequestLimits.Config>
{
    readonly Config _config;
    readonly HashSet<Modality>? _modalities;

    AiRequestLimits(Config config) : base(config.LlmFormat, config.MaxRequestBodySize) =>
        (_config, _modalities) = (config, config.Modalities is { } allowed ? [.. allowed] : null);

    public static string Name => "ai-request-limits";
    public static string Summary => "Refuses LLM calls that are too large, have content of a kind that is not allowed, or ask for a model that is not.";
    public static JsonTypeInfo<Config> ConfigType => AiRequestLimitsJson.Default.Config;

    // Counting the tokens of a long prompt takes some milliseconds.
    public static bool IsBlocking => true;

    public static void Check(Config config, Problems problems)
    {
        if (config with { LlmFormat = LlmFormat.OpenAi } == new Config()) problems.Warn("", "limits nothing but the length of bodies");
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiRequestLimits(config);

    protected override LlmError? Look(Exchange exchange, LlmCall call)
    {
        if (ModelProblem(call.ModelAsked) is { } refused) return refused;
        if (call.Surface.Operation != Operation.Chat) return call.IsJson ? Amounts(call.Scan.OutputTokensMax, call.Scan.Choices, isChat: false) : null;
        var problems = new Problems();
        if (call.Read(problems) is not { } request || problems.Found.Count > 0) return InvalidRequest.Of(problems);
        return Amounts(request.Sampling.OutputTokensMax, request.Sampling.Choices, isChat: true)
            ?? TooMany(request.Messages.Count, _config.MaxMessages, "messages", "messages")
            ?? TooMany(request.Tools.Count, _config.MaxTools, "tools", "tools")
            ?? Contents(request)
            ?? PromptTokens(request, call.ModelAsked);
    }

    LlmError? ModelProblem(string model)
    {
        if (model.Length == 0) return null;
        var isAllowed = _config.AllowModels is not { } allowed || allowed.Any(pattern => ModelPattern.Matches(pattern, model));
        if (isAllowed && (_config.DenyModels is not { } denied || !denied.Any(pattern => ModelPattern.Matches(pattern, model)))) return null;
        return new LlmError(LlmErrorKind.Permission, 403, $"model {model} may not be called here") { Param = "model" };
    }

    LlmError? Amounts(int? outputTokens, int? choices, bool isChat)
    {
        if (isChat && _config.RequireOutputLimit && outputTokens is null) return Bad("a limit of output tokens is required") with { Param = "max_tokens" };
        return TooMany(outputTokens ?? 0, _config.MaxOutputTokens, "output tokens", "max_tokens") ?? TooMany(choices ?? 1, _config.MaxChoices, "choices", "n");
    }

    LlmError? Contents(ChatRequest request)
    {
        if (_modalities is null && _config.MaxMedia is null) return null;
        var media = 0;
        foreach (var message in request.Messages)
        {
            foreach (var modality in Modalities.Of(message))
            {
                if (_modalities is not null && !_modalities.Contains(modality))
                    return Bad($"content of the kind {Modalities.NameOf(modality)} is not allowed here") with { Param = "messages" };
                if (modality != Modality.Text) media++;
            }
        }
        return TooMany(media, _config.MaxMedia, "images, recordings, videos and files", "messages");
    }

    LlmError? PromptTokens(ChatRequest request, string model)
    {
        if (_config.MaxPromptTokens is not { } most || TokenEstimator.Prompt(request, model).Tokens is var tokens && tokens <= most) return null;
        var message = string.Create(CultureInfo.InvariantCulture, $"the prompt has about {tokens} tokens; at most {most} are allowed");
        return new LlmError(LlmErrorKind.TooLarge, 413, message) { Param = "messages" };
    }

    static LlmError? TooMany(int count, int? most, string what, string param) => count > most
        ? Bad(string.Create(CultureInfo.InvariantCulture, $"{count} {what} are too many; at most {most} are allowed")) with { Param = param }
        : null;

    /// <summary>Configuration of ai-request-limits.</summary>
    public sealed record Config
    {
        internal const int DefaultBodySize = 1024 * 1024;

        [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = DefaultBodySize;

        [Description("Most messages of a conversation."), Range(1, int.MaxValue)]
        public int? MaxMessages { get; init; }

        [Description("Most tools that a request may define."), Range(0, int.MaxValue)]
        public int? MaxTools { get; init; }

        [Description("Most tokens of a prompt, as the gateway estimates them."), Range(1, int.MaxValue)]
        public int? MaxPromptTokens { get; init; }

        [Description("Most output tokens that a request may ask for."), Range(1, int.MaxValue)]
        public int? MaxOutputTokens { get; init; }

        [Description("Refuse conversations that set no limit of output tokens.")]
        public bool RequireOutputLimit { get; init; }

        [Description("Most answers to one request (n)."), Range(1, int.MaxValue)]
        public int? MaxChoices { get; init; }

        [Description("Most images, recordings, videos and files of a conversation."), Range(0, int.MaxValue)]
        public int? MaxMedia { get; init; }

        [Description("Kinds of content that a conversation may have; unset for all. other is content that only the client's dialect knows."), Set, MinLength(1)]
        public IReadOnlyList<Modality>? Modalities { get; init; }

        [Description("Models that may be asked for; * stands for any characters. Unset for all."), MinLength(1)]
        public IReadOnlyList<string>? AllowModels { get; init; }

        [Description("Models that may not be asked for, even those that are allowed; * stands for any characters."), MinLength(1)]
        public IReadOnlyList<string>? DenyModels { get; init; }

        [Description("Dialect of the clients where neither the path of a request nor a proxy plugin on the route tells.")]
        public LlmFormat LlmFormat { get; init; } = LlmFormat.OpenAi;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiRequestLimits.Config))]
sealed partial class AiRequestLimitsJson : JsonSerializerContext;
