using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class SyncEndpointTests
{
    const string Document = """{"_format_version":"3.0","services":[{"name":"orders","host":"orders.example"}]}""";

    [Fact]
    public async Task A_document_is_the_body_and_the_rest_the_query()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var dry = await admin.PostAsync("/sync?dry_run=1", Document);
        Assert.Equal((200, 1, 0L), (dry.Status, dry["summary"].GetProperty("creating").GetInt32(), dry["revision"].GetInt64()));
        Assert.Equal(0, admin.Plane.Current.Revision);
        var done = await admin.PostAsync($"/sync?expected_revision=0&plan_hash={dry["plan_hash"].GetString()}", Document);
        Assert.Equal((200, 1L), (done.Status, done["revision"].GetInt64()));
        Assert.Contains("host: orders.example\n", (await admin.GetAsync("/dump")).Text);
    }

    [Fact]
    public async Task A_plan_is_of_one_revision_one_document_and_one_mode()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var hash = (await admin.PostAsync("/sync?dry_run=1", Document))["plan_hash"].GetString();
        Assert.Equal(409, (await admin.PostAsync($"/sync?expected_revision=1&plan_hash={hash}", Document)).Status);
        Assert.Equal(409, (await admin.PostAsync($"/sync?expected_revision=0&mode=apply&plan_hash={hash}", Document)).Status);
        var other = Document.Replace("orders.example", "x.example", StringComparison.Ordinal);
        Assert.Equal(409, (await admin.PostAsync($"/sync?expected_revision=0&plan_hash={hash}", other)).Status);
        await admin.PostAsync("/services", """{"name":"other","host":"other.example"}""");
        Assert.Equal(409, (await admin.PostAsync($"/sync?expected_revision=0&plan_hash={hash}", Document)).Status);
        Assert.Equal(1, admin.Plane.Current.Revision);
    }

    [Theory]
    [InlineData("not json", "not valid JSON")]
    [InlineData("[]", "a document is expected, found a list")]
    [InlineData("""{"mode":"erase","document":{}}""", "mode: expected one of: sync, apply, reset; found 'erase'")]
    [InlineData("""{"mode":"sync"}""", "the document is expected here")]
    [InlineData("""{"document":{},"dry_runn":true}""", "dry_runn: unknown field")]
    [InlineData("""{"document":{},"expected_revision":"soon"}""", "expected_revision: expected an integer")]
    [InlineData("""{"document":{},"dry_run":"maybe"}""", "dry_run: expected a boolean")]
    [InlineData("""{"document":{"_format_version":"1.1"}}""", "is the format of Kong before 3.0")]
    [InlineData("""{"document":{"_format_version":"3.0","servces":[]}}""", "servces: unknown field")]
    [InlineData("""{"document":{"_format_version":"3.0","_workspace":"payments"}}""", "the document is of the workspace 'payments', this is 'default'")]
    [InlineData("""{"document":{"_format_version":"3.0"},"create_workspace":"a b"}""", "workspace 'a b'")]
    [InlineData("""{"document":{"_format_version":"3.0"},"create_workspace":"dump"}""", "must not be equal to a path")]
    public async Task Nonsense_is_refused_with_what_is_wrong(string body, string message)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.PostAsync("/sync", body);
        Assert.Equal(400, answer.Status);
        Assert.Contains(answer["errors"].EnumerateArray(), error => error.GetString()!.Contains(message, StringComparison.Ordinal));
        Assert.Equal(0, answer["summary"].GetProperty("total").GetInt32());
        Assert.Equal(0, admin.Plane.Current.Revision);
    }

    [Fact]
    public async Task Problems_have_their_place_in_the_body()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.PostAsync("/sync", """
            {"_format_version":"3.0",
            "services":[{"name":"a"},
            {"name":"b","host":"b.example","port":"x"}]}
            """);
        var problems = answer["problems"].EnumerateArray().Select(static each => (each.GetProperty("line").GetInt32(), each.GetProperty("column").GetInt32(),
            each.GetProperty("entity").GetString(), each.GetProperty("field").GetString())).ToList();
        Assert.Equal([(2, 13, "service 'a'", "host"), (3, 39, "service 'b'", "port")], problems);
    }

    [Fact]
    public async Task Bodies_of_changes_have_no_secrets()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.PostAsync("/sync", """
            {"_format_version":"3.0","consumers":[
              {"username":"alice","keyauth_credentials":[{"key":"open-sesame"}],"jwt_secrets":[{"key":"k","secret":"{vault://env/x}"}]}]}
            """);
        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("sesame", answer.Text);
        Assert.Contains("{vault://env/x}", answer.Text);
    }

    [Fact]
    public async Task A_workspace_is_synced_under_its_path()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var made = await admin.PostAsync("/sync", $$"""{"create_workspace":"team","document":{{Document}},"reason":"a start"}""");
        Assert.Equal((200, 1L), (made.Status, admin.Plane.Current.Revision));
        Assert.Equal(0, (await admin.PostAsync("/team/sync?dry_run=1", Document))["summary"].GetProperty("total").GetInt32());
        var dump = await admin.GetAsync("/team/dump?format=json&with_id=1");
        Assert.Equal("1", dump.Headers["Weir-Revision"].ToString());
        Assert.Equal("team", dump["_workspace"].GetString());
        Assert.Equal(JsonValueKind.String, dump["services"][0].GetProperty("id").ValueKind);
        Assert.Equal(409, (await admin.PostAsync("/sync", $$"""{"create_workspace":"team","document":{{Document}}}""")).Status);
    }

    [Fact]
    public async Task A_reset_needs_no_document()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/sync", Document);
        Assert.Equal(1, (await admin.PostAsync("/sync?mode=reset", ""))["summary"].GetProperty("deleting").GetInt32());
        Assert.Equal("_format_version: \"3.0\"\n", (await admin.GetAsync("/dump")).Text);
    }
}
