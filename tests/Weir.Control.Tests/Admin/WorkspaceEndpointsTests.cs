namespace Weir.Control.Tests;

public sealed class WorkspaceEndpointsTests
{
    [Fact]
    public async Task A_path_may_start_with_a_workspace()
    {
        await using var admin = await AdminHarness.OpenAsync();
        Assert.Equal(201, (await admin.PostAsync("/workspaces", """{"name":"team-a"}""")).Status);
        Assert.Equal(201, (await admin.PostAsync("/team-a/services", """{"name":"s","host":"a"}""")).Status);
        Assert.Equal(201, (await admin.PostAsync("/services", """{"name":"s","host":"b"}""")).Status);
        Assert.Equal("a", (await admin.GetAsync("/team-a/services/s"))["host"].GetString());
        Assert.Equal("b", (await admin.GetAsync("/default/services/s"))["host"].GetString());
        Assert.Equal(404, (await admin.GetAsync("/nobody/services/s")).Status);
    }

    [Fact]
    public async Task Links_to_further_pages_stay_in_the_workspace()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/workspaces", """{"name":"team-a"}""");
        for (var i = 0; i < 3; i++) await admin.PostAsync("/team-a/services", $$"""{"name":"s{{i}}","host":"a"}""");
        var next = (await admin.GetAsync("/team-a/services?size=2"))["next"].GetString()!;
        Assert.StartsWith("/team-a/services?offset=", next, StringComparison.Ordinal);
        Assert.Single((await admin.GetAsync(next)).Each("name"));
    }

    [Fact]
    public async Task Workspaces_are_listed_and_deleted_when_they_are_empty()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PutAsync("/workspaces/team-a", """{"comment":"the first"}""");
        Assert.Equal(["default", "team-a"], (await admin.GetAsync("/workspaces")).Each("name").Order(StringComparer.Ordinal));
        await admin.PostAsync("/team-a/services", """{"name":"s","host":"a"}""");
        Assert.Equal(400, (await admin.DeleteAsync("/workspaces/team-a")).Status);
        await admin.DeleteAsync("/team-a/services/s");
        Assert.Equal(204, (await admin.DeleteAsync("/workspaces/team-a")).Status);
        Assert.Equal(404, (await admin.GetAsync("/workspaces/team-a")).Status);
        Assert.Equal(400, (await admin.DeleteAsync("/workspaces/default")).Status);
    }

    [Theory]
    [InlineData("""{}""", "schema violation (name: required field missing)")]
    [InlineData("""{"name":"a b"}""", "schema violation (name: invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~)")]
    [InlineData("""{"name":"services"}""", "schema violation (name: must not be equal to a path of the Admin API)")]
    [InlineData("""{"name":"a","colour":"red"}""", "schema violation (colour: unknown field)")]
    [InlineData("""{"name":7}""", "schema violation (name: expected a string, found the number 7)")]
    [InlineData("""{"name":"a","meta":7}""", "schema violation (meta: expected a map, found the number 7)")]
    public async Task Refuses_workspaces_that_there_cannot_be(string body, string message)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.PostAsync("/workspaces", body);
        Assert.Equal((400, message), (answer.Status, answer.Message));
    }
}
