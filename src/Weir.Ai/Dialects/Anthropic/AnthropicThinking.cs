using System.Text.Json;

namespace Weir.Ai;

/// <summary>How much the model thinks: Anthropic's <c>thinking</c> and <c>output_config.effort</c>, and what other dialects' words mean in them.</summary>
static class AnthropicThinking
{
    /// <summary>Smallest budget that is taken.</summary>
    public const int BudgetTokensMin = 1024;

    public static Reasoning? Read(WireObject? thinking, string? effort)
    {
        if (thinking is null) return effort is null ? null : new Reasoning { Effort = effort };
        var type = thinking.RequiredText("type");
        if (type is not ("enabled" or "disabled" or "adaptive")) thinking.Problem("type", "must be enabled, disabled or adaptive");
        var budget = thinking.Int("budget_tokens");
        if (type == "enabled" && budget is null && !thinking.Has("budget_tokens")) thinking.Missing("budget_tokens");
        return new Reasoning
        {
            IsEnabled = type != "disabled",
            IsAdaptive = type == "adaptive",
            BudgetTokens = budget,
            Effort = effort,
            Summary = thinking.Text("display") switch { null => null, "omitted" => "none", _ => "auto" },
        };
    }

    /// <summary>The budget that an effort stands for, for models that want a number.</summary>
    public static int BudgetOf(string effort) => effort switch
    {
        "minimal" => BudgetTokensMin,
        "low" => 2048,
        "medium" => 8192,
        "high" => 16384,
        _ => 32768,
    };

    /// <summary>The effort that a budget stands for, for models that want a word.</summary>
    public static string EffortOf(int budgetTokens) => budgetTokens switch
    {
        <= 4096 => "low",
        <= 12288 => "medium",
        _ => "high",
    };

    /// <summary>What is asked for, in the terms of a model: nothing to say when all is null.</summary>
    /// <param name="request">The request.</param>
    /// <param name="traits">The model that will answer.</param>
    /// <param name="answersByTool">The answer is asked for through a tool that must be called, which a model that thinks cannot be made to do.</param>
    /// <param name="losses">Gets what cannot be asked for.</param>
    public static ThinkingPlan Plan(ChatRequest request, ModelTraits traits, bool answersByTool, Losses losses)
    {
        var wanted = request.Reasoning;
        var tokens = request.Sampling.OutputTokensMax ?? traits.OutputTokensMax;
        if (wanted is null) return new ThinkingPlan { OutputTokens = tokens ?? ThinkingPlan.OutputTokensDefault };
        // Bedrock's callers say it in Claude's words too.
        var isClaudes = request.Dialect is DialectName.Anthropic or DialectName.Bedrock;
        if (isClaudes && !answersByTool && !(traits.ReasonsAdaptively && wanted.BudgetTokens is not null))
            return AsAsked(wanted, tokens ?? ThinkingPlan.OutputTokensDefault);
        var term = FieldNames.Of(request.Dialect, "reasoning_effort");
        if (wanted.IsEnabled == false || wanted.Effort == "none")
            return new ThinkingPlan { Type = "disabled", OutputTokens = tokens ?? ThinkingPlan.OutputTokensDefault };
        var cannot = !traits.Reasons && !traits.ReasonsAdaptively && !traits.IsUnknown;
        var isForced = answersByTool || request.ToolChoice?.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named;
        if (cannot || isForced)
        {
            losses.Add(term);
            return new ThinkingPlan { OutputTokens = tokens ?? ThinkingPlan.OutputTokensDefault };
        }
        if (traits.ReasonsAdaptively) return Adaptive(wanted, tokens ?? ThinkingPlan.OutputTokensDefault);
        if (LacksThoughts(request))
        {
            losses.Add(term);
            return new ThinkingPlan { OutputTokens = tokens ?? ThinkingPlan.OutputTokensDefault };
        }
        return Budgeted(wanted, tokens, term, losses);
    }

    /// <summary>
    /// With a budget, a turn that called tools has to begin with its signed thoughts when the results come. Most dialects cannot bring them back, and then the
    /// answer to the results has to do without thinking.
    /// </summary>
    static bool LacksThoughts(ChatRequest request)
    {
        for (var i = request.Messages.Count - 1; i >= 0; i--)
        {
            var message = request.Messages[i];
            if (message.Role == Role.Assistant)
            {
                // What another dialect signs is not written: see AnthropicBlockWriter.
                var isSigned = message.Parts.Exists(part => part is ReasoningPart reasoning
                    && (reasoning.Signature?.Length > 0 || reasoning.Encrypted is not null) && IsClaudes(request.Dialect, reasoning));
                return !isSigned && message.Parts.Exists(static part => part is ToolCallPart);
            }
            if (!message.Parts.Exists(static part => part is ToolResultPart)) return false;
        }
        return false;
    }

    /// <summary>
    /// Whether proofs of a thought are Claude's: they are the same wherever it runs, and the wires that carry those of several makers say whose they are.
    /// </summary>
    public static bool IsClaudes(DialectName source, ReasoningPart reasoning) =>
        source is DialectName.Anthropic or DialectName.Bedrock || reasoning.Format == OpenAiChatProofs.ClaudesFormat;

    static ThinkingPlan AsAsked(Reasoning wanted, int tokens) => new()
    {
        Type = wanted.IsEnabled switch { null => null, false => "disabled", true => wanted.IsAdaptive ? "adaptive" : "enabled" },
        BudgetTokens = wanted.BudgetTokens,
        Effort = wanted.Effort,
        Display = Display(wanted),
        OutputTokens = tokens,
    };

    static ThinkingPlan Adaptive(Reasoning wanted, int tokens) => new()
    {
        Type = "adaptive",
        Effort = wanted.Effort switch
        {
            null => wanted.BudgetTokens is { } budget and > 0 ? EffortOf(budget) : null,
            "minimal" => "low",
            var effort => effort,
        },
        Display = Display(wanted),
        OutputTokens = tokens,
    };

    static ThinkingPlan Budgeted(Reasoning wanted, int? tokens, string term, Losses losses)
    {
        var budget = wanted.BudgetTokens is { } asked and > 0 ? asked : BudgetOf(wanted.Effort ?? "medium");
        budget = Math.Max(budget, BudgetTokensMin);
        var all = tokens ?? ThinkingPlan.OutputTokensDefault + budget;
        if (all <= BudgetTokensMin)
        {
            losses.Add(term);
            return new ThinkingPlan { OutputTokens = all };
        }
        // The budget is part of max_tokens, and some of it must be left for the answer.
        budget = Math.Min(budget, Math.Max(BudgetTokensMin, all * 4 / 5));
        return new ThinkingPlan { Type = "enabled", BudgetTokens = budget, Display = Display(wanted), OutputTokens = all };
    }

    static string? Display(Reasoning wanted) => wanted.Summary switch { null => null, "none" => "omitted", _ => "summarized" };
}

/// <summary>The fields of a request that say how much to think.</summary>
sealed record ThinkingPlan
{
    /// <summary>max_tokens where neither the caller nor the table of models says it: the field is required.</summary>
    public const int OutputTokensDefault = 4096;

    /// <summary>"enabled", "disabled", "adaptive"; null to say nothing.</summary>
    public string? Type { get; init; }

    public int? BudgetTokens { get; init; }

    public string? Display { get; init; }

    public string? Effort { get; init; }

    public required int OutputTokens { get; init; }

    public bool IsOn => Type is "enabled" or "adaptive";

    /// <summary>Writes the field, with what of it has no place in the model; nothing where there is nothing to say.</summary>
    public void Write(Utf8JsonWriter writer, JsonText? rest)
    {
        if (Type is null && rest is null) return;
        writer.WriteStartObject("thinking"u8);
        if (Type is not null) writer.WriteString("type"u8, Type);
        if (BudgetTokens is { } budget) writer.WriteNumber("budget_tokens"u8, budget);
        if (Display is not null) writer.WriteString("display"u8, Display);
        if (rest is { } fields) ExtraFields.WriteFieldsOf(writer, fields);
        writer.WriteEndObject();
    }
}
