using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class ListPageTests
{
    [Fact]
    public async Task Pages_hold_every_entity_once()
    {
        await using var admin = await AdminHarness.OpenAsync();
        for (var i = 0; i < 7; i++) await admin.PostAsync("/consumers", $$"""{"username":"c{{i}}","tags":["t"]}""");
        List<string?> found = [];
        string? path = "/consumers?size=3&tags=t";
        var pages = 0;
        while (path is not null)
        {
            var page = await admin.GetAsync(path);
            found.AddRange(page.Each("username"));
            path = page["next"].GetString();
            pages++;
            Assert.Equal(path is not null, page.Json.TryGetProperty("offset", out _));
            if (path is not null) Assert.Matches("^/consumers\\?offset=[A-Za-z0-9_-]+&size=3&tags=t$", path);
        }
        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(0, 7).Select(static i => $"c{i}"), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lists_inside_a_parent_have_pages_too()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"a","host":"a"}""");
        for (var i = 0; i < 5; i++) await admin.PostAsync("/services/a/routes", $$"""{"name":"r{{i}}","paths":["/{{i}}"]}""");
        var first = await admin.GetAsync("/services/a/routes?size=4");
        Assert.StartsWith("/services/a/routes?offset=", first["next"].GetString()!, StringComparison.Ordinal);
        var second = await admin.GetAsync(first["next"].GetString()!);
        Assert.Equal((4, 1), (first.Each("name").Count, second.Each("name").Count));
        Assert.Equal(JsonValueKind.Null, second["next"].ValueKind);
    }

    [Fact]
    public async Task A_page_that_ends_the_list_says_so()
    {
        await using var admin = await AdminHarness.OpenAsync();
        for (var i = 0; i < 3; i++) await admin.PostAsync("/consumers", $$"""{"username":"c{{i}}"}""");
        Assert.Equal(JsonValueKind.Null, (await admin.GetAsync("/consumers?size=3"))["next"].ValueKind);
        Assert.Equal("""{"data":[],"next":null}""", (await admin.GetAsync("/services")).Text);
    }

    [Theory]
    [InlineData("size=0", 9, "size must be an integer between 1 and 1000")]
    [InlineData("size=1001", 9, "size must be an integer between 1 and 1000")]
    [InlineData("size=ten", 9, "size must be an integer between 1 and 1000")]
    [InlineData("size=-1", 9, "size must be an integer between 1 and 1000")]
    [InlineData("offset=x", 7, "'x' is not a valid offset: bad base64 encoding")]
    [InlineData("offset=***", 7, "'***' is not a valid offset: bad base64 encoding")]
    [InlineData("tags=a,b/c", 11, "invalid option (tags: invalid filter syntax)")]
    [InlineData("tags=", 11, "invalid option (tags: cannot be null)")]
    [InlineData("tags=a,", 11, "invalid option (tags: invalid filter syntax)")]
    public async Task Refuses_pages_that_there_cannot_be(string query, int code, string message)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.GetAsync("/services?" + query);
        Assert.Equal((400, code, message), (answer.Status, answer["code"].GetInt32(), answer.Message));
        Assert.Equal(code == 11, answer.Json.TryGetProperty("options", out _));
    }

    [Theory]
    [InlineData("a", "one,two")]
    [InlineData("a,b", "two")]
    [InlineData("b/c", "three,two")]
    [InlineData("c", "three")]
    [InlineData("d", "")]
    public async Task Chooses_by_tags(string tags, string expected)
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/consumers", """{"username":"one","tags":["a"]}""");
        await admin.PostAsync("/consumers", """{"username":"two","tags":["a","b"]}""");
        await admin.PostAsync("/consumers", """{"username":"three","tags":["c"]}""");
        await admin.PostAsync("/consumers", """{"username":"four"}""");
        Assert.Equal(expected, string.Join(',', (await admin.GetAsync("/consumers?tags=" + tags)).Each("username").Order(StringComparer.Ordinal)));
    }
}
