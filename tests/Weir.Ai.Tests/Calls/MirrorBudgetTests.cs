using System.Text.Json.Nodes;
using Weir.Config;
using Weir.Limits;

namespace Weir.Ai.Tests;

/// <summary>Copies of calls are paid for like calls. Every answer is of 5 tokens, after a prompt of 10.</summary>
public sealed class MirrorBudgetTests
{
    const string Unpaid = "weir_llm_mirrors_total{provider=\"openai\",model=\"gpt-5\",outcome=\"unpaid\"} ";
    const string Dropped = "weir_llm_mirrors_total{provider=\"openai\",model=\"gpt-5\",outcome=\"dropped\"} ";
    const string Complete = "weir_llm_mirrors_total{provider=\"openai\",model=\"gpt-5\",outcome=\"complete\"} ";

    static readonly BudgetConfig s_all = new()
    {
        Name = "all",
        AppliesTo = BudgetLevel.Everyone,
        Counts = BudgetCounts.CompletionTokens,
        Limit = "100",
        WindowType = BudgetWindowType.Lifetime,
    };

    [Fact]
    public async Task Is_not_made_when_a_budget_has_no_room_for_it()
    {
        var rig = new ProxyRig(Config(), budgets: s_all with { Limit = "64" });
        Assert.Equal(200, (await AskAsync(rig, 60)).Status);
        await rig.MirrorAsync();
        Assert.Single(rig.Provider.Sent);
        Assert.Contains(Unpaid + "1\n", rig.Metrics, StringComparison.Ordinal);
        Assert.Contains("weir_budget_refusals_total{budget=\"all\",reason=\"mirror\"} 1\n", rig.Metrics, StringComparison.Ordinal);
        Assert.Equal(5m / 64, Used(rig, "all"), 4);
    }

    [Fact]
    public async Task Is_not_made_when_its_model_has_no_price_and_a_budget_limits_cost()
    {
        var rig = new ProxyRig(Config(mirrorCosts: ""), budgets: s_all with { Counts = BudgetCounts.Cost });
        Assert.Equal(200, (await AskAsync(rig, 20)).Status);
        Assert.Single(rig.Provider.Sent);
        Assert.Contains(Dropped + "1\n", rig.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_not_waited_for_while_its_budget_is_asked()
    {
        var store = new SlowStore();
        var rig = new ProxyRig(Config(), store: store, budgets: s_all);
        Assert.Equal(200, (await AskAsync(rig, 20)).Status);
        Assert.False(rig.MirrorAsync().IsCompleted);
        store.Gate.SetResult();
        await rig.MirrorAsync();
        Assert.Contains(Complete + "1\n", rig.Metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Is_charged_to_the_budgets_of_its_call(bool isStream)
    {
        // A token of a prompt costs half a cent, one of an answer a cent.
        var rig = new ProxyRig(Config(), budgets: s_all with { Counts = BudgetCounts.Cost, Limit = "1" });
        if (isStream) rig.Provider.Answer = static _ => ScriptedReply.Stream((0, ChatAnswers.Chunk("Hi")), (0, ChatAnswers.End));
        await AskAsync(rig, 20, isStream);
        await rig.MirrorAsync();
        Assert.Equal(0.2m, Used(rig, "all"));
        Assert.Contains(Complete + "1\n", rig.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_charged_to_the_budget_of_its_own_model_and_counts_as_no_further_request()
    {
        BudgetConfig[] budgets =
        [
            s_all with { Name = "calls", Counts = BudgetCounts.Requests, Limit = "2" },
            s_all with { Name = "copies", AppliesTo = BudgetLevel.Model, Values = ["gpt-5"], Counts = BudgetCounts.Requests, Limit = "1" },
        ];
        var rig = new ProxyRig(Config(), budgets: budgets);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, (await AskAsync(rig, 20)).Status);
            await rig.MirrorAsync();
        }
        Assert.Equal(3, rig.Provider.Sent.Count);
        Assert.Contains(Complete + "1\n", rig.Metrics, StringComparison.Ordinal);
        Assert.Contains(Unpaid + "1\n", rig.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_a_limit_of_tokens_where_nobody_else_does()
    {
        var rig = new ProxyRig(Config(), budgets: s_all with { Limit = "10000" });
        await AskAsync(rig, null);
        await rig.MirrorAsync();
        Assert.Null(JsonNode.Parse(rig.Provider.Sent[0].Body.Span)!["max_tokens"]);
        Assert.Equal(4096, (int)JsonNode.Parse(rig.Provider.Sent[1].Body.Span)!["max_completion_tokens"]!);
    }

    [Fact]
    public async Task Pays_for_the_prompt_of_a_copy_that_took_too_long()
    {
        var rig = new ProxyRig(Config(), budgets: s_all with { Counts = BudgetCounts.PromptTokens });
        rig.Provider.Answer = message => message.To.Host == "mirror.test"
            ? new ScriptedReply(200) { NoAnswer = UpstreamFailure.Aborted } : ScriptedReply.Json(ChatAnswers.Whole);
        await AskAsync(rig, 20);
        await rig.MirrorAsync();
        Assert.InRange(Used(rig, "all"), 0.11m, 0.2m);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gives_all_back_when_it_fails_or_breaks(bool breaks)
    {
        var rig = new ProxyRig(Config(), budgets: s_all);
        rig.Provider.Answer = message => message.To.Host != "mirror.test" ? ScriptedReply.Json(ChatAnswers.Whole)
            : breaks ? throw new InvalidOperationException("a bug")
            : new ScriptedReply(200) { NoAnswer = UpstreamFailure.Unreachable };
        await AskAsync(rig, 90);
        await rig.MirrorAsync();
        Assert.Equal(0.05m, Used(rig, "all"));
        Assert.Equal(200, (await AskAsync(rig, 95)).Status);
    }

    static decimal Used(ProxyRig rig, string budget)
    {
        var start = $"weir_budget_used_ratio{{budget=\"{budget}\",value=\"\"}} ";
        var line = rig.Metrics.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));
        return decimal.Parse(line[start.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    static Task<ProxyGot> AskAsync(ProxyRig rig, int? maxTokens, bool isStream = false)
    {
        var body = new JsonObject
        {
            ["model"] = "gpt-4o",
            ["stream"] = isStream,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hello" }),
        };
        if (maxTokens is not null) body["max_tokens"] = maxTokens;
        return rig.AskAsync("/v1/chat/completions", body.ToJsonString());
    }

    static string Config(string mirrorCosts = Costs) => $$"""
        {"mirror":{"target":{"model":{"provider":"openai","name":"gpt-5","options":{ {{mirrorCosts}} "upstream_url":"http://mirror.test"} } } },
        "targets":[{"model":{"provider":"openai","name":"gpt-4o","options":{ {{Costs}} "upstream_url":"http://a.test"} } }]}
        """;

    /// <summary>For a million tokens.</summary>
    const string Costs = "\"input_cost\":5000,\"output_cost\":10000,";

    /// <summary>A store whose second reservation takes its time.</summary>
    sealed class SlowStore : IBudgetStore
    {
        readonly MemoryBudgetStore _store = new(new ManualTime());
        int _reservations;

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<ReserveResult> ReserveAsync(
            Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation)
        {
            if (Interlocked.Increment(ref _reservations) == 2) await Gate.Task;
            return await _store.ReserveAsync(id, lines, units, lease, uses, cancellation);
        }

        public ValueTask<ReserveResult> ExtendAsync(
            Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
            _store.ExtendAsync(id, lines, units, lease, uses, cancellation);

        public ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
            _store.SettleAsync(id, lines, uses, cancellation);

        public ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
            _store.RefundAsync(id, lines, uses, cancellation);
    }
}
