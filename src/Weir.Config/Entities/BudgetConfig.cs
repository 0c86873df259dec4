using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>How much of models may be used in each window, by whoever it applies to.</summary>
sealed record BudgetConfig : Entity
{
    [Description("Unique name. Clients see it when a call is refused."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Whether the budget counts and limits anything.")]
    public bool Enabled { get; init; } = true;

    [Description("The level whose calls the budget is for. A call is subject to every budget that matches a level on its path.")]
    public required BudgetLevel AppliesTo { get; init; }

    [Description("Names of those it is for: organisations, teams, models, ... as applies_to says. Unset: all of them."), Set, MinLength(1)]
    public IReadOnlyList<string>? Values { get; init; }

    [Description("All that it is for draw on one budget; else each has one of its own.")]
    public bool Shared { get; init; }

    [Description("Only for calls whose virtual key names the budget. Such calls are subject to it whatever `values` says.")]
    public bool AssignedOnly { get; init; }

    [Description("What is counted: cost in the currency of the prices, tokens, or requests.")]
    public BudgetCounts Counts { get; init; } = BudgetCounts.Cost;

    [Description("What may be used in a window, as text: \"100.00\" for cost, \"2000000\" for tokens or requests. A call that may exceed it is not made.")]
    public string? Limit { get; init; }

    [Description("Use that is worth an alert, as text. Never refuses anything.")]
    public string? SoftLimit { get; init; }

    [Description("Fractions of the limit (of soft_limit where there is no limit) that are worth an alert; each is told once in a window.")]
    [MaxLength(12), Range(0.001, 10.0)]
    public IReadOnlyList<double> Alerts { get; init; } = [0.8, 1.0];

    [Description("How use counts over time: in windows of the calendar, in fixed or sliding windows of window_size seconds, or for ever.")]
    public BudgetWindowType WindowType { get; init; } = BudgetWindowType.Calendar;

    [Description("Length of a fixed or sliding window, in seconds."), Range(1L, 3_155_760_000L)]
    public long? WindowSize { get; init; }

    [Description("Length of a window of the calendar; month when unset.")]
    public BudgetPeriod? Period { get; init; }

    [Description("Time zone in which windows of the calendar begin: Europe/Berlin; UTC when unset.")]
    public string? Timezone { get; init; }

    [Description("Day on which weeks begin; monday when unset.")]
    public BudgetWeekday? WeekStartDay { get; init; }

    [Description("Day on which months begin; in a shorter month its last day. 1 when unset."), Range(1, 31)]
    public int? MonthDay { get; init; }

    [Description("What happens when it is used up: block reserves all that a call may use before it is made; end_streams lets streams without a limit of "
        + "tokens begin with a part of it, and ends them properly when there is no more.")]
    public BudgetExhaustion WhenExhausted { get; init; } = BudgetExhaustion.Block;

    [Description("Lower the limit of output tokens of a call to what is left, instead of refusing it.")]
    public bool ClampMaxTokens { get; init; }

    [Description("Whether models without prices may be called where cost is limited. Their cost is counted as nothing.")]
    public UnpricedCalls Unpriced { get; init; } = UnpricedCalls.Block;

    [Description("Status of a refusal."), Range(400, 599)]
    public int ErrorCode { get; init; } = 429;

    [Description("Do not tell clients what is left.")]
    public bool HideClientHeaders { get; init; }
}

/// <summary>Whose calls a budget is for.</summary>
enum BudgetLevel
{
    [JsonStringEnumMemberName("everyone")] Everyone,
    [JsonStringEnumMemberName("organisation")] Organisation,
    [JsonStringEnumMemberName("project")] Project,
    [JsonStringEnumMemberName("team")] Team,
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("key")] Key,
    [JsonStringEnumMemberName("agent")] Agent,
    [JsonStringEnumMemberName("session")] Session,
    [JsonStringEnumMemberName("consumer")] Consumer,
    [JsonStringEnumMemberName("consumer_group")] ConsumerGroup,
    [JsonStringEnumMemberName("model")] Model,
    [JsonStringEnumMemberName("provider")] Provider,
}

/// <summary>What a budget counts.</summary>
enum BudgetCounts
{
    [JsonStringEnumMemberName("cost")] Cost,
    [JsonStringEnumMemberName("total_tokens")] TotalTokens,
    [JsonStringEnumMemberName("prompt_tokens")] PromptTokens,
    [JsonStringEnumMemberName("completion_tokens")] CompletionTokens,
    [JsonStringEnumMemberName("requests")] Requests,
}

/// <summary>How the use of a budget counts over time.</summary>
enum BudgetWindowType
{
    [JsonStringEnumMemberName("calendar")] Calendar,
    [JsonStringEnumMemberName("fixed")] Fixed,
    [JsonStringEnumMemberName("sliding")] Sliding,
    [JsonStringEnumMemberName("lifetime")] Lifetime,
}

/// <summary>Lengths of windows of the calendar.</summary>
enum BudgetPeriod
{
    [JsonStringEnumMemberName("hour")] Hour,
    [JsonStringEnumMemberName("day")] Day,
    [JsonStringEnumMemberName("week")] Week,
    [JsonStringEnumMemberName("month")] Month,
    [JsonStringEnumMemberName("year")] Year,
}

/// <summary>Days of a week.</summary>
enum BudgetWeekday
{
    [JsonStringEnumMemberName("monday")] Monday,
    [JsonStringEnumMemberName("tuesday")] Tuesday,
    [JsonStringEnumMemberName("wednesday")] Wednesday,
    [JsonStringEnumMemberName("thursday")] Thursday,
    [JsonStringEnumMemberName("friday")] Friday,
    [JsonStringEnumMemberName("saturday")] Saturday,
    [JsonStringEnumMemberName("sunday")] Sunday,
}

/// <summary>What happens when a budget is used up.</summary>
enum BudgetExhaustion
{
    [JsonStringEnumMemberName("block")] Block,
    [JsonStringEnumMemberName("end_streams")] EndStreams,
}

/// <summary>What becomes of calls whose cost cannot be known.</summary>
enum UnpricedCalls
{
    [JsonStringEnumMemberName("block")] Block,
    [JsonStringEnumMemberName("allow")] Allow,
}
