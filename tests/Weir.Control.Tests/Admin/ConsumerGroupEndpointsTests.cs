namespace Weir.Control.Tests;

public sealed class ConsumerGroupEndpointsTests
{
    static async Task<AdminHarness> OpenAsync()
    {
        var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/consumer_groups", """{"name":"gold"}""");
        await admin.PostAsync("/consumers", """{"username":"anna"}""");
        await admin.PostAsync("/consumers", """{"username":"bert"}""");
        return admin;
    }

    [Fact]
    public async Task A_group_is_shown_with_its_consumers_and_plugins()
    {
        await using var admin = await OpenAsync();
        var added = await admin.PostAsync("/consumer_groups/gold/consumers", """{"consumer":"anna"}""");
        Assert.Equal((201, "gold", "anna"),
            (added.Status, added["consumer_group"].GetProperty("name").GetString(), added["consumers"][0].GetProperty("username").GetString()));
        await admin.PostAsync("/consumer_groups/gold/plugins", """{"name":"brake"}""");
        var shown = await admin.GetAsync("/consumer_groups/gold");
        Assert.Equal(("gold", 1, 1),
            (shown["consumer_group"].GetProperty("name").GetString(), shown["consumers"].GetArrayLength(), shown["plugins"].GetArrayLength()));
        Assert.False((await admin.GetAsync("/consumer_groups/gold?list_consumers=false")).Json.TryGetProperty("consumers", out _));
    }

    [Fact]
    public async Task Memberships_are_the_same_from_either_side()
    {
        await using var admin = await OpenAsync();
        Assert.Equal(201, (await admin.PostAsync("/consumer_groups/gold/consumers", """{"consumer":["anna","bert"]}""")).Status);
        Assert.Equal(["anna", "bert"], (await admin.GetAsync("/consumer_groups/gold/consumers")).Each("username").Order(StringComparer.Ordinal));
        Assert.Equal(["gold"], (await admin.GetAsync("/consumers/anna/consumer_groups")).Each("name"));
        Assert.Equal(200, (await admin.GetAsync("/consumer_groups/gold/consumers/anna")).Status);
        Assert.Equal(204, (await admin.DeleteAsync("/consumers/anna/consumer_groups/gold")).Status);
        Assert.Equal(["bert"], (await admin.GetAsync("/consumer_groups/gold/consumers")).Each("username"));
        Assert.Equal(204, (await admin.DeleteAsync("/consumer_groups/gold/consumers/bert")).Status);
        Assert.Empty((await admin.GetAsync("/consumer_groups/gold/consumers")).Each("username"));
        var joined = await admin.PostAsync("/consumers/anna/consumer_groups", """{"group":"gold"}""");
        Assert.Equal("gold", joined["consumer_groups"][0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_member_may_be_added_again()
    {
        await using var admin = await OpenAsync();
        await admin.PostAsync("/consumer_groups/gold/consumers", """{"consumer":"anna"}""");
        Assert.Equal(201, (await admin.PostAsync("/consumer_groups/gold/consumers", """{"consumer":"anna"}""")).Status);
        Assert.Single((await admin.GetAsync("/consumer_groups/gold/consumers")).Each("username"));
    }

    [Fact]
    public async Task Refuses_members_that_there_are_not()
    {
        await using var admin = await OpenAsync();
        Assert.Equal(404, (await admin.PostAsync("/consumer_groups/silver/consumers", """{"consumer":"anna"}""")).Status);
        Assert.Equal(13, (await admin.PostAsync("/consumer_groups/gold/consumers", """{"consumer":"carl"}"""))["code"].GetInt32());
        Assert.Equal("schema violation (consumer: required field missing)", (await admin.PostAsync("/consumer_groups/gold/consumers", "{}")).Message);
        Assert.Equal(404, (await admin.GetAsync("/consumers/anna/consumer_groups/gold")).Status);
    }

    [Fact]
    public async Task Memberships_go_with_the_group()
    {
        await using var admin = await OpenAsync();
        await admin.PostAsync("/consumer_groups/gold/consumers", """{"consumer":"anna"}""");
        Assert.Equal(204, (await admin.DeleteAsync("/consumer_groups/gold")).Status);
        Assert.Empty((await admin.GetAsync("/consumers/anna/consumer_groups")).Each("name"));
    }
}
