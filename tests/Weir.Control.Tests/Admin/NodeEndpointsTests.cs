
namespace Weir.Control.Tests;

public sealed class NodeEndpointsTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/kong")]
    [InlineData("/default/kong")]
    [InlineData("/default")]
    public async Task Says_what_it_is_in_terms_that_clients_of_Kong_know(string path)
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/plugins", """{"name":"brake"}""");
        var about = await admin.GetAsync(path);
        Assert.Equal((200, "3.9.1", "test-host"), (about.Status, about["version"].GetString(), about["hostname"].GetString()));
        Assert.True(about["plugins"].GetProperty("available_on_server").TryGetProperty("brake", out _));
        Assert.Equal("""["brake"]""", about["plugins"].GetProperty("enabled_in_cluster").GetRawText());
        var weir = about["weir"];
        Assert.Equal(("0.1.0", 1, 0),
            (weir.GetProperty("version").GetString(), weir.GetProperty("revision").GetInt32(), weir.GetProperty("applied_revision").GetInt32()));
    }

    [Fact]
    public async Task Says_how_it_is_doing()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var status = await admin.GetAsync("/status?unit=k&scale=1");
        Assert.Equal((7, true), (status["server"].GetProperty("total_requests").GetInt32(), status["database"].GetProperty("reachable").GetBoolean()));
        Assert.Matches("^[0-9]+\\.[0-9] KiB$", status["memory"].GetProperty("process").GetString()!);
        Assert.Equal(400, (await admin.GetAsync("/status?unit=x")).Status);
        Assert.Equal(400, (await admin.GetAsync("/status?scale=-1")).Status);
    }

    [Fact]
    public async Task Lists_plugins_and_paths()
    {
        await using var admin = await AdminHarness.OpenAsync();
        Assert.Contains("brake", (await admin.GetAsync("/plugins/enabled"))["enabled_plugins"].EnumerateArray().Select(static name => name.GetString()));
        var paths = (await admin.GetAsync("/endpoints"))["data"].EnumerateArray().Select(static path => path.GetString()).ToList();
        Assert.Contains("/consumers/{consumer}/key-auth/{keyauth_credential}", paths);
        Assert.Equal(paths.Distinct(), paths);
        Assert.Equal(204, (await admin.DeleteAsync("/cache")).Status);
        Assert.Equal(404, (await admin.GetAsync("/cache/x")).Status);
        Assert.Equal(404, (await admin.GetAsync("/debug/node/log-level")).Status);
    }

    [Fact]
    public async Task No_workspace_can_have_the_name_of_a_path()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var first = admin.Api.Endpoints.Select(static endpoint => endpoint.Template.Split('/')[1]);
        foreach (var segment in first.Where(static segment => segment.Length > 0).Distinct())
            Assert.True(OwnKinds.ReservedNames.Contains(segment), segment);
    }

    [Fact]
    public async Task Lists_tags_with_the_entities_that_have_them()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var service = await admin.PostAsync("/services", """{"name":"a","host":"a","tags":["x","y","z"]}""");
        await admin.PostAsync("/consumers", """{"username":"anna","tags":["y"]}""");
        Assert.Equal($$"""{"data":[{"tag":"x","entity_name":"services","entity_id":"{{service.Id}}"}],"next":null}""", (await admin.GetAsync("/tags/x")).Text);
        Assert.Equal(["consumers", "services"], (await admin.GetAsync("/tags/y")).Each("entity_name"));
        List<string?> found = [];
        string? path = "/tags?size=1";
        while (path is not null)
        {
            var page = await admin.GetAsync(path);
            found.AddRange(page.Each("tag"));
            path = page["next"].GetString();
        }
        Assert.Equal(["y", "x", "y", "z"], found);
        Assert.Equal(400, (await admin.GetAsync("/tags?size=0")).Status);
        Assert.Equal(400, (await admin.GetAsync("/tags?offset=zz")).Status);
    }

    [Fact]
    public async Task Lists_all_targets()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/upstreams", """{"name":"u"}""");
        await admin.PostAsync("/upstreams/u/targets", """{"target":"h:1"}""");
        Assert.Equal(["h:1"], (await admin.GetAsync("/upstreams/u/targets/all")).Each("target"));
    }
}
