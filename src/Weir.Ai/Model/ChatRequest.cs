namespace Weir.Ai;

/// <summary>
/// A conversation sent to a model, in the middle between all dialects: whatever a wire can say has a place here, or travels as an <see cref="Extra"/>.
/// Plugins may change it; writers of dialects only read it.
/// </summary>
sealed class ChatRequest
{
    /// <summary>Dialect it was read from: extras are in its terms.</summary>
    public required DialectName Dialect { get; init; }

    /// <summary>The model asked for; empty where the request names none.</summary>
    public string Model { get; set; } = "";

    /// <summary>The answer is asked for as a stream.</summary>
    public bool IsStream { get; set; }

    /// <summary>The conversation in order. System and developer messages stand in it, the top-level ones of some dialects first.</summary>
    public List<Message> Messages { get; init; } = [];

    public List<ToolDefinition> Tools { get; init; } = [];

    public ToolChoice? ToolChoice { get; set; }

    /// <summary>Whether the model may call several tools at once; null for the model's own default.</summary>
    public bool? ParallelTools { get; set; }

    public Sampling Sampling { get; set; } = new();

    public OutputFormat? Format { get; set; }

    public Reasoning? Reasoning { get; set; }

    /// <summary>Audio of the answer, or null for text alone.</summary>
    public AudioOutput? Audio { get; set; }

    /// <summary>What the answer may contain ("text", "audio", "image"); empty for the default.</summary>
    public List<string> Modalities { get; init; } = [];

    /// <summary>Id of the end user, as the application names them.</summary>
    public string? User { get; set; }

    /// <summary>Labels of the application's own.</summary>
    public List<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Service tier asked for, in the words of the dialect.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>Whether the provider may keep the answer; null where not said.</summary>
    public bool? Store { get; set; }

    /// <summary>The client asked for usage at the end of the stream (or its dialect always sends it).</summary>
    public bool AsksUsage { get; set; }

    /// <summary>Fields without a place here.</summary>
    public List<Extra> Extras { get; init; } = [];

    /// <summary>The same conversation for another model; what is not given here is shared with this one.</summary>
    public ChatRequest With(string model, bool isStream, Sampling sampling)
    {
        var other = (ChatRequest)MemberwiseClone();
        (other.Model, other.IsStream, other.Sampling) = (model, isStream, sampling);
        if (isStream) other.AsksUsage = true;
        return other;
    }
}

/// <summary>How tokens are chosen, and how many.</summary>
sealed record Sampling
{
    /// <summary>Most tokens of the answer, reasoning included; null for the model's own limit.</summary>
    public int? OutputTokensMax { get; init; }

    /// <summary>Field that held <see cref="OutputTokensMax"/> where a wire has several for it (<c>max_completion_tokens</c>), or null.</summary>
    public string? OutputTokensField { get; init; }

    public double? Temperature { get; init; }
    public double? TopP { get; init; }
    public int? TopK { get; init; }
    public double? FrequencyPenalty { get; init; }
    public double? PresencePenalty { get; init; }
    public long? Seed { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Number of answers; null for one.</summary>
    public int? Choices { get; init; }

    /// <summary>Log probabilities of the tokens are asked for.</summary>
    public bool Logprobs { get; init; }

    /// <summary>Number of alternatives per token with their log probabilities.</summary>
    public int? TopLogprobs { get; init; }
}

/// <summary>The form that the answer must have.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Name">Name of the schema, or null.</param>
/// <param name="Description">What the schema is for, or null.</param>
/// <param name="Schema">JSON Schema; empty for <see cref="OutputKind.JsonObject"/>.</param>
/// <param name="IsStrict">The answer must match exactly; null where not said.</param>
sealed record OutputFormat(OutputKind Kind, string? Name = null, string? Description = null, JsonText Schema = default, bool? IsStrict = null);

enum OutputKind
{
    Text,

    /// <summary>Any JSON object.</summary>
    JsonObject,

    /// <summary>JSON that matches a schema.</summary>
    JsonSchema,
}

/// <summary>How much the model shall think before it answers.</summary>
sealed record Reasoning
{
    /// <summary>Off, on with a budget, or left to the model.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>The model decides itself how much to think (Anthropic's "adaptive", Gemini's -1).</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>"none", "minimal", "low", "medium", "high", "xhigh", "max"; null where not said.</summary>
    public string? Effort { get; init; }

    /// <summary>Most tokens of thinking; null where not said.</summary>
    public int? BudgetTokens { get; init; }

    /// <summary>The thoughts, or a summary of them, are asked for: "auto", "concise", "detailed"; "none" to leave them out; null where not said.</summary>
    public string? Summary { get; init; }
}

/// <summary>Speech in the answer.</summary>
/// <param name="Voice">Voice, as JSON (a name, or an object of the provider's).</param>
/// <param name="Format">"wav", "mp3", "pcm16", ….</param>
sealed record AudioOutput(JsonText Voice, string? Format);
