using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Control.Tests;

/// <summary>A control plane and gateways of other versions.</summary>
public sealed class SkewTests
{
    [Theory]
    [InlineData("1.4.0", "1.4.9", true)]
    [InlineData("1.4.0", "1.3.0", true)]
    [InlineData("1.4.0", "1.5.0-preview+abc", true)]
    [InlineData("1.4.0", "1.2.0", false)]
    [InlineData("1.4.0", "1.6.0", false)]
    [InlineData("1.4.0", "2.4.0", false)]
    [InlineData("1.4.0", "what", false)]
    [InlineData("1.4.0", "", false)]
    [InlineData("1.4.0", "1.-4", false)]
    public void Versions_may_be_one_minor_apart(string control, string gateway, bool isGood)
    {
        var problem = VersionGap.Problem(control, gateway);
        Assert.Equal(isGood, problem.Length == 0);
        if (!isGood) Assert.Contains(gateway, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_is_read_as_it_was_written()
    {
        var own = Vocabulary.Of(Planes.Read);
        Assert.Equal(own.Hash, Vocabulary.Read(Sent(own)).Hash);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kinds":{},"plugins":[]}""")]
    [InlineData("""{"kinds":{"routes":1},"plugins":{}}""")]
    public void What_is_no_vocabulary_is_refused(string json) =>
        Assert.Throws<StreamBrokenException>(() => Vocabulary.Read(JsonNode.Parse(json)!.AsObject()));

    [Fact]
    public void A_vocabulary_without_end_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 50)) + "{}" + new string('}', 50);
        Assert.Throws<StreamBrokenException>(() => Vocabulary.Read(JsonNode.Parse($$"""{"kinds":{"routes":{{deep}}},"plugins":{} }""")!.AsObject()));
    }

    [Fact]
    public async Task A_field_that_a_gateway_does_not_know_is_left_out_where_it_has_its_default()
    {
        var service = await ServiceAsync("""{"name":"web","url":"http://web"}""");
        var fitted = FittingWithout(static kinds => kinds["services"]!.AsObject().Remove("retries")).Of(ControlKinds.Services, service.Id, service.Json);
        Assert.Equal("", fitted.Problem);
        var json = JsonDocument.Parse(fitted.Json!.Value).RootElement;
        Assert.False(json.TryGetProperty("retries", out _));
        Assert.Equal("web", json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_field_that_a_gateway_does_not_know_and_that_is_set_is_a_problem()
    {
        var service = await ServiceAsync("""{"name":"web","url":"http://web","retries":7}""");
        var fitted = FittingWithout(static kinds => kinds["services"]!.AsObject().Remove("retries")).Of(ControlKinds.Services, service.Id, service.Json);
        Assert.Null(fitted.Json);
        Assert.Contains("service web", fitted.Problem, StringComparison.Ordinal);
        Assert.Contains("retries", fitted.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_gateway_knows_is_not_touched()
    {
        var service = await ServiceAsync("""{"name":"web","url":"http://web"}""");
        var fitted = FittingWithout(static _ => { }).Of(ControlKinds.Services, service.Id, service.Json);
        Assert.True(service.Json.Equals(fitted.Json));
    }

    [Fact]
    public async Task Settings_of_plugins_are_fitted_too()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Plugins, """{"name":"brake","instance_name":"one"}""");
        await plane.InsertAsync(ControlKinds.Plugins, """{"name":"cork","instance_name":"two","config":{"place":{"port":90}}}""");
        var table = plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Plugins).All.ToDictionary(static each => each.Text("name")!);
        var fitting = FittingWithout(static _ => { }, static plugins =>
        {
            plugins["brake"]!.AsObject().Remove("ms_max");
            plugins["cork"]!["place"]!.AsObject().Remove("port");
        });
        var brake = fitting.Of(ControlKinds.Plugins, table["brake"].Id, table["brake"].Json);
        Assert.DoesNotContain("ms_max", Encoding.UTF8.GetString(brake.Json!.Value.Span), StringComparison.Ordinal);
        Assert.Contains("config.place.port", fitting.Of(ControlKinds.Plugins, table["cork"].Id, table["cork"].Json).Problem, StringComparison.Ordinal);
        var without = FittingWithout(static _ => { }, static plugins => plugins.Remove("cork"));
        Assert.Contains("does not have the plugin", without.Of(ControlKinds.Plugins, table["cork"].Id, table["cork"].Json).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_is_held_while_something_cannot_be_told_and_goes_on_when_it_is_mended()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"web","url":"http://web"}""");
        await using var hub = await FeedTests.HubAsync(plane);
        var older = Without(static kinds => kinds["services"]!.AsObject().Remove("retries"));
        Assert.Null(hub.Feeds.Open(older.Hash, null));
        var feed = hub.Feeds.Open(older.Hash, Sent(older))!;
        var have = FeedTests.Take(feed.Next(FollowPoint.None)!, Followed.Nothing);
        await RetriesAsync(plane, 9);
        await FeedTests.MovedAsync(hub, plane);
        Assert.Contains("retries", Assert.Single(feed.Next(have.Point)!.Problems), StringComparison.Ordinal);
        await plane.InsertAsync(ControlKinds.Services, """{"name":"other","url":"http://other"}""");
        await FeedTests.MovedAsync(hub, plane);
        Assert.NotEmpty(feed.Next(have.Point)!.Problems);
        await RetriesAsync(plane, 5);
        await FeedTests.MovedAsync(hub, plane);
        var next = feed.Next(have.Point)!;
        Assert.Equal(have.Point, FeedTests.Commit(next).From);
        have = FeedTests.Take(next, have);
        Assert.Equal(plane.Current.Revision, have.Point.Revision);
        Assert.NotNull(have.State.Table(ControlState.DefaultWorkspace, ControlKinds.Services).Find("other"));
    }

    [Fact]
    public async Task A_gateway_that_does_not_tell_its_vocabulary_truly_is_refused()
    {
        await using var plane = await Planes.OpenAsync();
        await using var hub = await FeedTests.HubAsync(plane);
        Assert.Throws<StreamBrokenException>(() => hub.Feeds.Open("abc", Sent(Vocabulary.Of(Planes.Read))));
    }

    static Task<Commit> RetriesAsync(ControlPlane plane, int retries) => plane.ChangeAsync(draft =>
        draft.Patch(ControlState.DefaultWorkspace, ControlKinds.Services, "web", Planes.Body($$"""{"retries":{{retries}} }"""), out _));

    static async Task<Stored> ServiceAsync(string json)
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, json);
        return plane.Find(ControlKinds.Services, "web")!;
    }

    static JsonObject Sent(Vocabulary vocabulary) => JsonNode.Parse(vocabulary.ToJson().ToJsonString())!.AsObject();

    static Vocabulary Without(Action<JsonObject> kinds, Action<JsonObject>? plugins = null)
    {
        var json = Sent(Vocabulary.Of(Planes.Read));
        kinds(json["kinds"]!.AsObject());
        plugins?.Invoke(json["plugins"]!.AsObject());
        return Vocabulary.Read(json);
    }

    static Fitting FittingWithout(Action<JsonObject> kinds, Action<JsonObject>? plugins = null) => new(Without(kinds, plugins), Planes.Parts().Check);
}
