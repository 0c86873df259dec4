using Microsoft.AspNetCore.Http;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class LlmRouteTests
{
    static readonly Weir.Exchange s_exchange = new() { Http = new DefaultHttpContext() };

    [Fact]
    public void Names_the_models_that_may_be_asked_for_when_another_is()
    {
        var route = Targets.Route(new(), Targets.Of("a"), Targets.Of("b", alias: "fast"), Targets.Of("a", weight: 1));
        Assert.Empty(route.CandidatesFor("c", out var problem));
        Assert.Equal("cannot use own model - must be: a, fast", problem);
        Assert.Empty(route.CandidatesFor("b", out problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void Takes_every_target_when_no_model_is_asked_for()
    {
        var route = Targets.Route(new(), Targets.Of("a"), Targets.Of("b", alias: "fast"));
        Assert.Equal(route.Targets, route.CandidatesFor("", out var problem));
        Assert.Null(problem);
    }

    [Fact]
    public void Lets_targets_without_an_alias_stand_in_for_one_another()
    {
        var route = Targets.Route(new(), Targets.Of("a"), Targets.Of("b"), Targets.Of("c", alias: "fast"));
        Assert.Equal(["a", "b"], route.CandidatesFor("b", out _).Select(static target => target.Config.Model.Name));
        Assert.Equal(["c"], route.CandidatesFor("fast", out _).Select(static target => target.Config.Model.Name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("$(headers.x)")]
    public void Takes_any_model_where_the_request_decides(string? name)
    {
        var route = Targets.Route(new(), Targets.Of(name));
        Assert.Single(route.CandidatesFor("whatever", out var problem));
        Assert.Null(problem);
    }

    [Fact]
    public void Does_not_repeat_a_call_that_was_sent_unless_told_to()
    {
        var careful = Targets.Route(new() { FailoverCriteria = [FailoverCriterion.Error, FailoverCriterion.Http500] }, Targets.Of("a"));
        Assert.True(careful.MayFailOver(FailoverCriterion.Error, wasSent: false));
        Assert.False(careful.MayFailOver(FailoverCriterion.Error, wasSent: true));
        Assert.False(careful.MayFailOver(FailoverCriterion.Http500, wasSent: true));
        Assert.False(careful.MayFailOver(FailoverCriterion.Timeout, wasSent: false));
        var bold = Targets.Route(new() { FailoverCriteria = [FailoverCriterion.Http500, FailoverCriterion.NonIdempotent] }, Targets.Of("a"));
        Assert.True(bold.MayFailOver(FailoverCriterion.Http500, wasSent: true));
        Assert.False(bold.MayFailOver(FailoverCriterion.Http429, wasSent: true));
    }

    [Fact]
    public void Chooses_none_that_was_tried_or_is_down()
    {
        var route = Targets.Route(new() { MaxFails = 1 }, Targets.Of("a"), Targets.Of("b"));
        var (a, b) = (route.Targets[0], route.Targets[1]);
        Assert.Same(b, route.Choose(s_exchange, route.Targets, [a]));
        b.State.Failed();
        Assert.Null(route.Choose(s_exchange, route.Targets, [a]));
        Assert.Same(a, route.Choose(s_exchange, route.Targets, []));
    }

    [Fact]
    public void Chooses_failed_targets_where_there_is_no_breaker()
    {
        var route = Targets.Route(new(), Targets.Of("a"));
        for (var i = 0; i < 100; i++) route.Targets[0].State.Failed();
        Assert.NotNull(route.Choose(s_exchange, route.Targets, []));
    }
}
