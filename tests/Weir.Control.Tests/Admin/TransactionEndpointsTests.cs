using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class TransactionEndpointsTests
{
    const string Two = """
        [{"op":"create","kind":"services","entity":{"name":"a","host":"a"}},
         {"op":"upsert","kind":"routes","name":"r","entity":{"paths":["/r"],"service":{"name":"a"}}}]
        """;

    [Fact]
    public async Task Many_changes_are_one_transaction()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var made = await admin.PostAsync("/transactions", Two);
        Assert.Equal((200, 1, 2), (made.Status, made["revision"].GetInt32(), made["changes"].GetArrayLength()));
        Assert.Equal("a", (await admin.GetAsync("/routes/r/service"))["name"].GetString());
        var more = await admin.PostAsync("/transactions",
            """{"reason":"moved","changes":[{"op":"update","kind":"services","name":"a","entity":{"host":"b"}},{"op":"delete","kind":"routes","name":"r"}]}""");
        var ops = more["changes"].EnumerateArray().Select(static change => change.GetProperty("op").GetString()).Order(StringComparer.Ordinal);
        Assert.Equal((2, "delete,update"), (more["revision"].GetInt32(), string.Join(',', ops)));
        Assert.Equal("moved", (await admin.GetAsync("/journal?last=1&size=1"))["data"][0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task All_or_nothing_with_every_reason()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var refused = await admin.PostAsync("/transactions", """
            [{"op":"create","kind":"services","entity":{"name":"a","host":"a"}},
             {"op":"create","kind":"routes","entity":{"paths":["/"],"service":{"name":"x"}}},
             {"op":"update","kind":"services","name":"nobody","entity":{"host":"b"}}]
            """);
        Assert.Equal((400, 2), (refused.Status, refused["refusals"].GetArrayLength()));
        Assert.Equal("changes[1]", refused["refusals"][0].GetProperty("entity").GetString());
        Assert.Equal(0, admin.Plane.Current.Revision);
    }

    [Theory]
    [InlineData("7", "changes: expected an array")]
    [InlineData("""{"changes":[],"colour":1}""", "colour: unknown field")]
    [InlineData("""{"changes":[],"dry_run":"yes"}""", "dry_run: expected a boolean")]
    [InlineData("""{"changes":[],"expected_revision":"1"}""", "expected_revision: expected an integer")]
    [InlineData("""[7]""", "expected a record")]
    [InlineData("""[{"op":"make","kind":"services","entity":{}}]""", "op: expected one of: create, upsert, update, delete")]
    [InlineData("""[{"op":"create","kind":"service","entity":{}}]""", "kind: there is no kind 'service'; did you mean 'services'?")]
    [InlineData("""[{"op":"delete","kind":"services"}]""", "id: an id or a name is needed")]
    [InlineData("""[{"op":"create","kind":"services"}]""", "entity: expected a record")]
    [InlineData("""[{"op":"create","kind":"services","workspace":"x","entity":{"host":"h"}}]""", "workspace: there is no workspace 'x'")]
    public async Task Refuses_what_is_no_transaction(string body, string message)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var refused = await admin.PostAsync("/transactions", body);
        Assert.Equal((400, $"schema violation ({message})"), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task A_workspace_and_what_is_in_it_may_come_together()
    {
        await using var admin = await AdminHarness.OpenAsync();
        Assert.Equal(200, (await admin.PostAsync("/transactions", """
            [{"op":"create","kind":"workspaces","entity":{"name":"team-a"}},
             {"workspace":"team-a","op":"create","kind":"services","entity":{"name":"s","host":"h"}}]
            """)).Status);
        Assert.Equal(200, (await admin.GetAsync("/team-a/services/s")).Status);
    }

    [Fact]
    public async Task A_dry_run_is_a_plan_that_may_be_agreed_to()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"s","host":"one"}""");
        const string change = """{"op":"update","kind":"services","name":"s","entity":{"host":"two"}}""";
        var plan = await admin.PostAsync("/transactions", $$"""{"dry_run":true,"changes":[{{change}}]}""");
        Assert.Equal(JsonValueKind.Null, plan["revision"].ValueKind);
        Assert.Equal("""{"field":"host","before":"one","after":"two"}""", plan["changes"][0].GetProperty("fields")[0].GetRawText());
        var agreed = $$"""{"plan_hash":"{{plan["plan_hash"].GetString()}}","changes":[{{change}}]}""";
        await admin.PostAsync("/consumers", """{"username":"elsewhere"}""");
        Assert.Equal(200, (await admin.PostAsync("/transactions", agreed)).Status);
        await admin.PatchAsync("/services/s", """{"host":"three"}""");
        Assert.Equal(409, (await admin.PostAsync("/transactions", agreed)).Status);
        Assert.Equal("three", (await admin.GetAsync("/services/s"))["host"].GetString());
    }

    [Fact]
    public async Task Refuses_a_state_that_has_moved()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"s","host":"one"}""");
        const string body = """{"expected_revision":0,"changes":[{"op":"delete","kind":"services","name":"s"}]}""";
        Assert.Equal(409, (await admin.PostAsync("/transactions", body)).Status);
    }

    [Fact]
    public async Task Rolls_back_by_a_transaction_of_its_own()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"a","host":"one"}""");
        await admin.PostAsync("/consumers", """{"username":"anna"}""");
        await admin.PostAsync("/consumers/anna/basic-auth", """{"username":"anna","password":"secret"}""");
        var before = (await admin.GetAsync("/config"))["config"].GetString();
        await admin.PatchAsync("/services/a", """{"host":"two"}""");
        await admin.PostAsync("/services/a/routes", """{"name":"r","paths":["/r"]}""");
        await admin.DeleteAsync("/consumers/anna");
        var dry = await admin.PostAsync("/rollback", """{"to":3,"dry_run":true}""");
        Assert.Equal((200, 4), (dry.Status, dry["changes"].GetArrayLength()));
        var back = await admin.PostAsync("/rollback", """{"to":3}""");
        Assert.Equal((200, 7), (back.Status, back["revision"].GetInt32()));
        Assert.Equal(404, (await admin.GetAsync("/routes/r")).Status);
        Assert.Equal("[]", (await admin.GetAsync("/diff?from=3&to=7"))["changes"].GetRawText());
        Assert.Equal(Unstamped(before), Unstamped((await admin.GetAsync("/config"))["config"].GetString()));
        Assert.Equal("rollback to revision 3", (await admin.GetAsync("/journal?last=1&size=1"))["data"][0].GetProperty("reason").GetString());
        await admin.PostAsync("/rollback", """{"to":6}""");
        Assert.Equal("[]", (await admin.GetAsync("/diff?from=6"))["changes"].GetRawText());
    }

    [Fact]
    public async Task Rolls_back_one_workspace_and_leaves_others()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/workspaces", """{"name":"team-a"}""");
        await admin.PostAsync("/team-a/services", """{"name":"s","host":"h"}""");
        await admin.PostAsync("/services", """{"name":"s","host":"h"}""");
        Assert.Equal(200, (await admin.PostAsync("/rollback", """{"to":1,"workspace":"team-a"}""")).Status);
        Assert.Equal((404, 200), ((await admin.GetAsync("/team-a/services/s")).Status, (await admin.GetAsync("/services/s")).Status));
        Assert.Equal(200, (await admin.PostAsync("/rollback", """{"to":0}""")).Status);
        Assert.Equal(["default"], (await admin.GetAsync("/workspaces")).Each("name"));
    }

    [Theory]
    [InlineData("{}", "to: required field missing")]
    [InlineData("""{"to":"1"}""", "to: expected a revision")]
    [InlineData("""{"to":5}""", "to: the current revision is 0")]
    [InlineData("""{"to":0,"workspace":"x"}""", "workspace: there is no workspace 'x'")]
    public async Task Refuses_to_go_back_to_where_nothing_was(string body, string message)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var refused = await admin.PostAsync("/rollback", body);
        Assert.Equal((400, $"schema violation ({message})"), (refused.Status, refused.Message));
    }

    static string Unstamped(string? config) =>
        string.Join('\n', config!.Split('\n').Where(static line => !line.Contains("updated_at", StringComparison.Ordinal)));
}
