using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Ai;

/// <summary>What models can and cannot take, as far as translation must know: models.json beside this file. The first row that fits a model holds.</summary>
static class ModelTable
{
    /// <summary>Most models remembered; names may come from requests.</summary>
    const int KnownMax = 4096;

    static readonly Lazy<IReadOnlyList<ModelRow>> Rows = new(Read);
    static readonly ConcurrentDictionary<(string Provider, string Model), ModelTraits> Known = new();

    /// <summary>Providers that speak OpenAI's wire and know nothing of OpenRouter's proofs of thoughts.</summary>
    static readonly FrozenSet<string> LacksDetails = new[]
    {
        "openai", "azure", "mistral", "huggingface", "deepseek", "xai", "groq", "together", "fireworks", "perplexity", "cerebras", "databricks", "dashscope",
        "kimi", "ollama", "vllm", "llamacpp", "nim", "llama2",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The traits of a model; those of a model that is in no row leave everything open.</summary>
    public static ModelTraits Of(string provider, string model)
    {
        if (Known.TryGetValue((provider, model), out var known)) return known;
        var traits = Rows.Value.FirstOrDefault(row => row.Fits(provider, model))?.ToTraits() ?? ModelTraits.Unknown;
        if (LacksDetails.Contains(provider))
            traits = traits with { Refuses = traits.Refuses.Append(OpenAiChatReasoning.Details).ToHashSet(StringComparer.Ordinal) };
        if (Known.Count < KnownMax) Known[(provider, model)] = traits;
        return traits;
    }

    static IReadOnlyList<ModelRow> Read()
    {
        using var stream = typeof(ModelTable).Assembly.GetManifestResourceStream("models.json")!;
        return JsonSerializer.Deserialize(stream, ModelTableJson.Default.ListModelRow)!;
    }
}

/// <summary>Traits of the models that fit.</summary>
sealed record ModelRow
{
    public required IReadOnlyList<string> Providers { get; init; }

    /// <summary>Names with '*' for any number of characters.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    public int? ContextTokens { get; init; }
    public int? OutputTokens { get; init; }
    public bool MaxCompletionTokens { get; init; }
    public bool? Reasons { get; init; }

    /// <summary>Null for none: source-generated reading knows no other default.</summary>
    public IReadOnlyList<string>? Refuses { get; init; }

    public bool Fits(string provider, string model) =>
        Providers.Contains(provider) && Models.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, model, ignoreCase: true));

    public ModelTraits ToTraits() => new()
    {
        ContextTokens = ContextTokens,
        OutputTokensMax = OutputTokens,
        WantsMaxCompletionTokens = MaxCompletionTokens,
        Reasons = Reasons ?? false,
        Refuses = (Reasons == false ? (Refuses ?? []).Append("reasoning_effort") : Refuses ?? []).ToHashSet(StringComparer.Ordinal),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<ModelRow>))]
sealed partial class ModelTableJson : JsonSerializerContext;
