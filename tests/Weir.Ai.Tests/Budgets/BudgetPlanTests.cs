using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Ai.Tests;

public sealed class BudgetPlanTests
{
    static readonly CallPath Nobody = new() { Provider = "openai", Model = "gpt-4o", ModelAsked = "smart", Label = "openai/gpt-4o" };

    static readonly CallPath Ann = Nobody with
    {
        Payer = new Payer
        {
            Organisation = "acme",
            Project = "web",
            Team = "red",
            User = "ann",
            Key = "key-1",
            Agent = "bot",
            Session = "s-1",
            Budgets = [],
        },
        UserAsked = "somebody",
        Consumer = new Consumer("0-0", "ann", "a-1", [], [new ConsumerGroup("g-1", "gold"), new ConsumerGroup("g-2", "staff")], [], default),
    };

    [Theory]
    [InlineData(nameof(BudgetLevel.Everyone), "")]
    [InlineData(nameof(BudgetLevel.Organisation), "acme")]
    [InlineData(nameof(BudgetLevel.Project), "web")]
    [InlineData(nameof(BudgetLevel.Team), "red")]
    [InlineData(nameof(BudgetLevel.User), "ann")]
    [InlineData(nameof(BudgetLevel.Key), "key-1")]
    [InlineData(nameof(BudgetLevel.Agent), "bot")]
    [InlineData(nameof(BudgetLevel.Session), "s-1")]
    [InlineData(nameof(BudgetLevel.Consumer), "ann")]
    [InlineData(nameof(BudgetLevel.Model), "gpt-4o")]
    [InlineData(nameof(BudgetLevel.Provider), "openai")]
    public void A_budget_of_a_level_is_each_ones_own(string level, string expected) =>
        Assert.Equal([("b", expected)], Matched([Of("b", Enum.Parse<BudgetLevel>(level))], Ann));

    [Fact]
    public void Every_group_of_a_consumer_has_its_budget() =>
        Assert.Equal([("b", "gold"), ("b", "staff")], Matched([Of("b", BudgetLevel.ConsumerGroup)], Ann));

    [Fact]
    public void A_call_that_lacks_a_level_is_not_subject_to_its_budgets() => Assert.Equal(
        [("all", ""), ("model", "gpt-4o"), ("provider", "openai")],
        Matched([.. Enum.GetValues<BudgetLevel>().Select(static level => Of(NameOf(level), level))], Nobody));

    static string NameOf(BudgetLevel level) => level == BudgetLevel.Everyone ? "all" : level.ToString().ToLowerInvariant();

    [Fact]
    public void The_user_of_the_credential_goes_before_the_one_that_the_request_names()
    {
        var plan = new[] { Of("b", BudgetLevel.User) };
        Assert.Equal([("b", "ann")], Matched(plan, Ann));
        Assert.Equal([("b", "somebody")], Matched(plan, Ann with { Payer = new Payer { Team = "red" } }));
        Assert.Equal([("b", "somebody")], Matched(plan, Ann with { Payer = null }));
    }

    [Theory]
    [InlineData(nameof(BudgetLevel.Team), "red", true)]
    [InlineData(nameof(BudgetLevel.Team), "Red", false)]
    [InlineData(nameof(BudgetLevel.Team), "blue", false)]
    [InlineData(nameof(BudgetLevel.Consumer), "a-1", true)]
    [InlineData(nameof(BudgetLevel.Consumer), "0-0", true)]
    [InlineData(nameof(BudgetLevel.ConsumerGroup), "staff", true)]
    [InlineData(nameof(BudgetLevel.ConsumerGroup), "silver", false)]
    [InlineData(nameof(BudgetLevel.Model), "smart", true)]
    [InlineData(nameof(BudgetLevel.Model), "openai/gpt-4o", true)]
    [InlineData(nameof(BudgetLevel.Model), "gpt-4", false)]
    [InlineData(nameof(BudgetLevel.Provider), "anthropic", false)]
    public void A_budget_may_be_for_some_alone(string level, string value, bool isMatched) =>
        Assert.Equal(isMatched, Matched([Of("b", Enum.Parse<BudgetLevel>(level)) with { Values = [value, "other"] }], Ann).Count == 1);

    [Fact]
    public void All_that_a_shared_budget_is_for_draw_on_one() => Assert.Equal(
        [("b", "")], Matched([Of("b", BudgetLevel.ConsumerGroup) with { Values = ["gold", "staff"], Shared = true }], Ann));

    [Fact]
    public void A_key_may_name_budgets_beside_those_of_its_levels()
    {
        BudgetConfig[] plan = [Of("team", BudgetLevel.Team), Of("plan", BudgetLevel.Key) with { AssignedOnly = true }, Of("other", BudgetLevel.Team) with
        {
            Values = ["blue"],
        }];
        Assert.Equal([("team", "red")], Matched(plan, Ann));
        var named = Ann with { Payer = Ann.Payer! with { Budgets = ["plan", "other", "team"] } };
        Assert.Equal([("team", "red"), ("plan", "key-1"), ("other", "red")], Matched(plan, named));
        // It has no key: it is still subject to what it names.
        Assert.Equal([("plan", "")], Matched(plan, Nobody with { Payer = new Payer { Budgets = ["plan", "plan"] } }));
    }

    [Fact]
    public void A_budget_that_is_named_and_not_configured_is_told()
    {
        var plan = new BudgetPlan([Of("off", BudgetLevel.Key) with { Enabled = false }]);
        Assert.Null(plan.Match(Ann with { Payer = new Payer { Budgets = ["off"] } }, out var unknown));
        Assert.Null(unknown);
        plan.Match(Ann with { Payer = new Payer { Budgets = ["off", "gone", "lost"] } }, out unknown);
        Assert.Equal("gone", unknown);
    }

    [Fact]
    public void A_call_that_no_budget_matches_costs_no_allocation()
    {
        var plan = new BudgetPlan([.. Enum.GetValues<BudgetLevel>().Where(static level => level != BudgetLevel.Everyone)
            .Select(static level => Of(level.ToString(), level) with { Values = ["nobody"] })]);
        List<MatchedBudget>? found = null;
        Assert.Equal(0, Allocation.LeastBytes(() =>
        {
            for (var i = 0; i < 100; i++) found ??= plan.Match(Ann, out _);
        }));
        Assert.Null(found);
    }

    /// <summary>What matching means, said as plainly as possible, for any budgets and any caller.</summary>
    [Fact]
    public void Matches_what_the_rules_say()
    {
        string[] names = ["a", "b", "c"];
        var values = Gen.SubListOf(names).Select(static list => list.Count == 0 ? null : list.ToArray());
        var levels = Gen.Elements(BudgetLevel.Everyone, BudgetLevel.Team, BudgetLevel.User, BudgetLevel.Key);
        var budget = from level in levels
                     from only in values
                     from shared in Gen.Elements(true, false)
                     from assigned in Gen.Elements(true, false)
                     from enabled in Gen.Elements(true, true, false)
                     let some = level == BudgetLevel.Everyone ? null : only
                     select Of("", level) with { Values = some, Shared = shared, AssignedOnly = assigned, Enabled = enabled };
        var maybe = Gen.Elements<string?>(null, "a", "b", "c");
        var call = from team in maybe
                   from user in maybe
                   from key in maybe
                   from asked in maybe
                   from named in Gen.SubListOf(Enumerable.Range(0, 6).Select(static i => $"b{i}"))
                   select Nobody with { Payer = new Payer { Team = team, User = user, Key = key, Budgets = [.. named] }, UserAsked = asked };
        var cases = from budgets in budget.ArrayOf(6)
                    from path in call
                    select (Budgets: budgets.Select(static (config, i) => config with { Name = $"b{i}" }).ToArray(), Path: path);
        Prop.ForAll(cases.ToArbitrary(), static each =>
        {
            var expected = each.Budgets.Where(config => config.Enabled).SelectMany(config => Expected(config, each.Path)).ToHashSet();
            return Matched(each.Budgets, each.Path).ToHashSet().SetEquals(expected);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    static IEnumerable<(string, string)> Expected(BudgetConfig config, CallPath path)
    {
        var value = config.AppliesTo switch
        {
            BudgetLevel.Team => path.Payer!.Team,
            BudgetLevel.User => path.Payer!.User ?? path.UserAsked,
            BudgetLevel.Key => path.Payer!.Key,
            _ => "",
        };
        var byLevel = !config.AssignedOnly && value is not null && (config.Values is null || config.Values.Contains(value));
        if (byLevel || path.Payer!.Budgets.Contains(config.Name)) yield return (config.Name, config.Shared ? "" : value ?? "");
    }

    static BudgetConfig Of(string name, BudgetLevel level) => new() { Name = name, AppliesTo = level, Limit = "1" };

    static List<(string, string)> Matched(BudgetConfig[] configs, CallPath path) =>
        [.. (new BudgetPlan(configs).Match(path, out _) ?? []).Select(static each => (each.Budget.Name, each.Value))];
}
