using System.Globalization;
using Weir.Limits;

namespace Weir.Ai.Plugins;

/// <summary>A policy as the request path reads it: who it is for, and its rules.</summary>
sealed class LimitSet
{
    readonly LimitMatch[] _matches;

    LimitSet(string id, IReadOnlyList<LimitMatch> matches, LimitRule[] rules)
    {
        (Id, _matches, Rules) = (id, [.. matches], rules);
        IsByProvider = _matches.Any(static match => match.Type == LimitMatchType.Provider);
    }

    /// <summary>Name in headers and messages.</summary>
    public string Id { get; }

    public LimitRule[] Rules { get; }

    /// <summary>It holds for calls that no other policy matches.</summary>
    public bool IsFallback => _matches.Length == 0;

    /// <summary>It counts only what certain providers served, which is known afterwards.</summary>
    public bool IsByProvider { get; }

    public static LimitSet Of(LimitPolicy policy, int index, string scope, bool isNamed)
    {
        var id = policy.Id ?? string.Create(CultureInfo.InvariantCulture, $"policy-{index + 1}");
        return new LimitSet(id, policy.Match, [.. policy.Limits.Select(limit => RuleOf(
            scope, id, limit.TokensCountStrategy, (long)(limit.Limit * Unit(limit.TokensCountStrategy)), limit.WindowSize, policy.WindowType, isNamed))]);
    }

    public static LimitSet Of(ProviderLimit provider, AiRateLimitingAdvanced.Config config, string scope)
    {
        var match = new LimitMatch { Type = LimitMatchType.Provider, Values = [provider.Name] };
        var strategy = config.TokensCountStrategy;
        return new LimitSet(provider.Name, [match], [.. provider.Limit.Zip(provider.WindowSize).Select(pair => RuleOf(
            scope, provider.Name, strategy, (long)((decimal)pair.First * Unit(strategy)), (int)pair.Second, config.WindowType, !config.ErrorHideProviders))]);
    }

    /// <summary>Whether a call is subject to the limits, as far as is known before it is made; what it is counted by beside the caller.</summary>
    public bool Matches(Exchange exchange, LlmCall call, out string partition)
    {
        partition = "";
        foreach (var match in _matches)
        {
            if (match.Type == LimitMatchType.Provider) continue;
            var value = ValueOf(match, exchange, call);
            if (match.Values is { Count: > 0 } values && !(match.Type == LimitMatchType.ConsumerGroup
                ? exchange.Consumer?.Groups.Any(group => values.Contains(group.Name)) ?? false
                : values.Contains(value))) return false;
            if (match.PartitionBy) partition += "/" + value;
        }
        return true;
    }

    /// <summary>Whether what this provider served counts.</summary>
    public bool CountsProvider(string provider) =>
        !IsByProvider || _matches.All(match => match.Type != LimitMatchType.Provider || match.Values is not { Count: > 0 } values || values.Contains(provider));

    static string ValueOf(LimitMatch match, Exchange exchange, LlmCall call) => match.Type switch
    {
        LimitMatchType.Consumer => exchange.Consumer?.Username ?? exchange.Consumer?.Id ?? "",
        LimitMatchType.ConsumerGroup => exchange.Consumer is { Groups: [var group, ..] } ? group.Name : "",
        LimitMatchType.Header => exchange.Http.Request.Headers[match.Key!].ToString(),
        LimitMatchType.Ip => exchange.ClientIp.ToString(),
        LimitMatchType.Model => call.ModelAsked,
        LimitMatchType.Path => exchange.Path,
        _ => "",
    };

    /// <summary>The largest limit: money is counted in nano-units, so there is less room for it.</summary>
    public static decimal Most(LimitedTokens strategy) => decimal.Floor(BudgetRule.AmountMax / Unit(strategy));

    /// <summary>What a limit must be, for messages.</summary>
    public static string Expected(LimitedTokens strategy) =>
        string.Create(CultureInfo.InvariantCulture, $"must be greater than 0 and at most {Most(strategy):N0}");

    static decimal Unit(LimitedTokens strategy) => strategy == LimitedTokens.Cost ? Nano.PerOne : 1;

    static LimitRule RuleOf(string scope, string id, LimitedTokens strategy, long limit, int seconds, LimitWindowType type, bool isNamed)
    {
        var length = TimeSpan.FromSeconds(seconds);
        var window = type == LimitWindowType.Fixed ? BudgetWindow.Fixed(length) : BudgetWindow.Sliding(length);
        var name = string.Create(CultureInfo.InvariantCulture, $"{scope}/{id}/{strategy}/{type}/{seconds}");
        return new LimitRule(new BudgetRule(name, window, limit), strategy, isNamed ? $"{WindowText(seconds)}-{id}" : WindowText(seconds));
    }

    static string WindowText(int seconds) => seconds switch
    {
        1 => "second",
        60 => "minute",
        3600 => "hour",
        86_400 => "day",
        _ => seconds.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>One limit: its rule in the budget store, and what of a call it counts.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Counts">What it counts.</param>
/// <param name="Name">What it is called at the end of headers' names.</param>
sealed record LimitRule(BudgetRule Rule, LimitedTokens Counts, string Name)
{
    public string LimitHeader { get; } = "X-AI-RateLimit-Limit-" + Name;

    public string RemainingHeader { get; } = "X-AI-RateLimit-Remaining-" + Name;

    /// <summary>The limit as clients read it.</summary>
    public string LimitText { get; } = Text(Counts, Rule.Limit);

    /// <summary>What is left of it, as clients read it.</summary>
    public string RemainingText(in LineUse use) => Text(Counts, use.LeftOf(Rule));

    /// <summary>What a call used, in the units of the rule.</summary>
    public long Used(LlmOutcome outcome) => Math.Min(BudgetRule.AmountMax, Counts switch
    {
        LimitedTokens.Cost => outcome.Cost ?? 0,
        LimitedTokens.PromptTokens => outcome.Usage?.Input ?? 0,
        LimitedTokens.CompletionTokens => outcome.Usage?.Output ?? 0,
        _ => outcome.Usage?.Total ?? 0,
    });

    static string Text(LimitedTokens counts, long units) => DecimalText.Write(units, counts == LimitedTokens.Cost ? Nano.Decimals : 0);
}
