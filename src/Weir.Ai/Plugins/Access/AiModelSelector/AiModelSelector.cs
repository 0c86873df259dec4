using System.Collections.Frozen;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Identity;

namespace Weir.Ai.Plugins;

/// <summary>
/// Finds out which model a request is for, among those that its caller may use: plugins after it see their instances for that model. It also answers where
/// models are listed.
/// </summary>
sealed class AiModelSelector : IPluginKind<AiModelSelector.Config>, IOnRequest
{
    const int ShownCharsMax = 200;

    static readonly LlmError s_needsKey = new(LlmErrorKind.Authentication, 401, "no API key was given");

    static readonly LlmError s_noModel =
        new(LlmErrorKind.InvalidRequest, 400, "the request names no model") { Param = "model" };

    static readonly LlmError s_nothingOpen = new(LlmErrorKind.Permission, 403, "no model is open to this caller here");

    readonly Config _config;
    readonly IReadOnlyList<OfferedModel> _models;
    readonly FrozenDictionary<string, OfferedModel> _byAsked;

    AiModelSelector(Config config, ModelDirectory directory)
    {
        _config = config;
        if (config.Models?.FirstOrDefault(name => !directory.Knows(name)) is { } unknown)
            throw new FormatException($"models: there is no ai_model '{unknown}' in the document");
        _models = config.Models is { } names ? [.. names.Select(directory.Find).OfType<OfferedModel>()] : directory.All;
        // Of two with the same alias the first counts.
        _byAsked = _models.DistinctBy(static model => model.Asked).ToFrozenDictionary(static model => model.Asked);
    }

    public static string Name => "ai-model-selector";
    public static string Summary => "Finds out which of a document's models a request is for, and lists those that the caller may use.";
    public static JsonTypeInfo<Config> ConfigType => AiModelSelectorJson.Default.Config;
    public static PluginScopes Scopes => PluginScopes.NoConsumer;

    public static void Check(Config config, Problems problems)
    {
        if (config.Source == ModelSource.Header && config.HeaderName is null) problems.Add("header_name", "required when source is header");
        if (config.Source == ModelSource.Path && config.PathParam is null) problems.Add("path_param", "required when source is path");
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiModelSelector(config, context.Get<ModelDirectory>());

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (ModelList.IsAskedBy(exchange, out var id)) return List(exchange, id);
        return ChooseAsync(exchange);
    }

    async ValueTask<Verdict> ChooseAsync(Exchange exchange)
    {
        var bytesMax = _config.MaxRequestBodySize == 0 ? AnswerLimits.WholeBytesMax : _config.MaxRequestBodySize;
        var (call, error) = await LlmCall.OpenAsync(exchange, new Surface(Operation.Chat, DialectName.OpenAiChat), bytesMax);
        if (call is null) return ClientDialect.Refuse(exchange, error!);
        var asked = AskedModel.Of(exchange, call, _config);
        var key = VirtualKeyAuth.KeyOf(exchange);
        var model = asked.Length > 0 ? Find(asked, exchange, key) : OnlyOne(exchange, key);
        if (model is null)
        {
            var refused = ErrorOf(asked, exchange, key);
            var answer = LlmRefusal.Of(call.Dialect, refused);
            return refused.Status == 401 ? answer.With("WWW-Authenticate", "Bearer") : answer;
        }
        call.ModelChosen = model.Asked;
        exchange.ChooseModel(model.Entity);
        return Verdict.Continue;
    }

    OfferedModel? Find(string asked, Exchange exchange, VirtualKey? key) =>
        _byAsked.TryGetValue(asked, out var model) && model.IsOpenTo(exchange, key) ? model : null;

    /// <summary>A request that names no model means the only one there is for its caller.</summary>
    OfferedModel? OnlyOne(Exchange exchange, VirtualKey? key)
    {
        OfferedModel? only = null;
        foreach (var model in _models)
        {
            if (!model.IsOpenTo(exchange, key)) continue;
            if (only is not null) return null;
            only = model;
        }
        return only;
    }

    /// <summary>Whoever may not use a model is told what is told of one that does not exist.</summary>
    LlmError ErrorOf(string asked, Exchange exchange, VirtualKey? key)
    {
        if (key is null && _models.Any(static model => model.NeedsKey)) return s_needsKey;
        if (asked.Length > 0) return NotFound(asked);
        return _models.Any(model => model.IsOpenTo(exchange, key)) ? s_noModel : s_nothingOpen;
    }

    Verdict List(Exchange exchange, string? id)
    {
        var key = VirtualKeyAuth.KeyOf(exchange);
        if (key is null && _models.Count > 0 && _models.All(static model => model.NeedsKey)) return ClientDialect.Refuse(exchange, s_needsKey);
        var open = _models.Where(model => model.IsOpenTo(exchange, key)).ToList();
        var dialect = ClientDialect.Of(exchange);
        if (id is null) return ModelList.All(open, dialect);
        return open.Find(model => model.Asked == id) is { } model ? ModelList.One(model, dialect) : ClientDialect.Refuse(exchange, NotFound(id));
    }

    /// <summary>The error for a model that is not there, or not for this caller: nothing tells the two apart.</summary>
    public static LlmError NotFound(string asked)
    {
        var shown = asked.Length <= ShownCharsMax ? asked : asked[..ShownCharsMax];
        return new LlmError(LlmErrorKind.NotFound, 404, $"The model `{shown}` does not exist or you do not have access to it.") { Param = "model" };
    }

    /// <summary>Settings of ai-model-selector.</summary>
    public sealed record Config
    {
        [Description("Where a request names its model. Gemini's and Bedrock's paths do it in any case.")]
        public ModelSource Source { get; init; } = ModelSource.Body;

        [Description("Field at the top of a JSON or multipart body, for source body.")]
        public string BodyPath { get; init; } = "model";

        [Description("Header, for source header."), Format(TextFormat.HeaderName)]
        public string? HeaderName { get; init; }

        [Description("Named capture of the route's path, for source path. Weir's own.")]
        public string? PathParam { get; init; }

        [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = 8 * 1024 * 1024;

        [Description("Names of the ai_models that may be chosen here; unset: all of the document. Weir's own."), Set]
        public IReadOnlyList<string>? Models { get; init; }
    }
}

/// <summary>Where a request names its model.</summary>
enum ModelSource
{
    [JsonStringEnumMemberName("body")] Body,
    [JsonStringEnumMemberName("header")] Header,
    [JsonStringEnumMemberName("path")] Path,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiModelSelector.Config))]
sealed partial class AiModelSelectorJson : JsonSerializerContext;
