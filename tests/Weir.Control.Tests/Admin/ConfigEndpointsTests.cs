using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class ConfigEndpointsTests
{
    const string Yaml = """
        _format_version: "3.0"
        services:
        - name: a
          host: a
          routes:
          - name: r
            paths: [/r]
        consumers:
        - username: anna
          basicauth_credentials:
          - username: anna
            password: secret
        """;

    [Fact]
    public async Task A_file_takes_the_place_of_everything_in_one_transaction()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"old","host":"o"}""");
        var loaded = await admin.SendAsync("POST", "/config", Yaml, "application/yaml");
        Assert.Equal(201, loaded.Status);
        Assert.Equal("a", loaded["services"].EnumerateObject().Single().Value.GetProperty("name").GetString());
        Assert.Equal(2, admin.Plane.Current.Revision);
        Assert.Equal(404, (await admin.GetAsync("/services/old")).Status);
    }

    [Theory]
    [InlineData("application/yaml")]
    [InlineData("text/yaml")]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task What_goes_out_may_come_in(string type)
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.SendAsync("POST", "/config", Yaml, "application/yaml");
        var out_ = (await admin.GetAsync("/config"))["config"].GetString()!;
        var body = type switch
        {
            "application/json" => JsonSerializer.Serialize(new Dictionary<string, string> { ["config"] = out_ }),
            "application/x-www-form-urlencoded" => "config=" + Uri.EscapeDataString(out_),
            _ => out_,
        };
        var again = await admin.SendAsync("POST", "/config?check_hash=1", body, type);
        Assert.Equal((304, ""), (again.Status, again.Text));
        Assert.Equal(1, admin.Plane.Current.Revision);
        Assert.Equal(201, (await admin.SendAsync("POST", "/config", body, type)).Status);
    }

    [Fact]
    public async Task Refuses_a_file_whole_and_says_why()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"old","host":"o"}""");
        var refused = await admin.SendAsync("POST", "/config?flatten_errors=1",
            """{"_format_version":"3.0","services":[{"name":"a","host":"a","port":99999,"tags":["t"]},{"name":"b"}]}""");
        Assert.Equal((400, 14, "invalid declarative configuration"), (refused.Status, refused["code"].GetInt32(), refused["name"].GetString()));
        var flat = refused["flattened_errors"].EnumerateArray().OrderBy(static each => each.GetProperty("entity_name").GetString()).ToList();
        Assert.Equal(("service", "a", """["t"]"""),
            (flat[0].GetProperty("entity_type").GetString(), flat[0].GetProperty("entity_name").GetString(), flat[0].GetProperty("entity_tags").GetRawText()));
        Assert.Equal("""[{"type":"field","field":"port","message":"value should be between 0 and 65535"}]""", flat[0].GetProperty("errors").GetRawText());
        Assert.Equal("""[{"type":"field","field":"host","message":"required field missing"}]""", flat[1].GetProperty("errors").GetRawText());
        Assert.Equal(200, (await admin.GetAsync("/services/old")).Status);
    }

    [Theory]
    [InlineData("", "application/yaml", 400)]
    [InlineData("  ", "application/json", 400)]
    [InlineData("config=", "application/x-www-form-urlencoded", 400)]
    [InlineData("{", "application/json", 400)]
    [InlineData("a: b: c", "application/yaml", 400)]
    [InlineData("[]", "application/yaml", 400)]
    [InlineData("_format_version: \"1.1\"", "application/yaml", 400)]
    [InlineData("_format_version: \"3.0\"\nnothing: []", "application/yaml", 400)]
    public async Task Refuses_what_is_no_file(string body, string type, int status)
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"old","host":"o"}""");
        Assert.Equal(status, (await admin.SendAsync("POST", "/config", body, type)).Status);
        Assert.Equal(1, admin.Plane.Current.Revision);
    }

    [Fact]
    public async Task A_file_from_the_network_reads_no_environment()
    {
        await using var admin = await AdminHarness.OpenAsync();
        const string file = "_format_version: \"3.0\"\nservices:\n- name: a\n  host: ${{ env \"DECK_PATH\" }}\n";
        var answer = await admin.SendAsync("POST", "/config", file, "application/yaml");
        Assert.Equal(400, answer.Status);
        Assert.Contains("DECK_PATH", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_has_its_own_file()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/workspaces", """{"name":"team-a"}""");
        await admin.PostAsync("/services", """{"name":"s","host":"h"}""");
        Assert.Equal(201, (await admin.SendAsync("POST", "/team-a/config", Yaml, "application/yaml")).Status);
        Assert.Equal(200, (await admin.GetAsync("/services/s")).Status);
        Assert.Contains("_workspace: team-a", (await admin.GetAsync("/team-a/config"))["config"].GetString(), StringComparison.Ordinal);
    }
}
