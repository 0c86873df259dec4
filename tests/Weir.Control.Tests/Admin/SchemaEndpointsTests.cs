using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class SchemaEndpointsTests
{
    [Fact]
    public async Task Fields_are_a_list_of_objects_with_one_key()
    {
        await using var admin = await AdminHarness.OpenAsync();
        foreach (var kind in ControlKinds.All)
        {
            var schema = await admin.GetAsync("/schemas/" + kind.Name);
            Assert.Equal(200, schema.Status);
            Assert.All(schema["fields"].EnumerateArray(), static field =>
            {
                var only = Assert.Single(field.EnumerateObject());
                Assert.True(only.Value.TryGetProperty("type", out _), only.Name);
            });
        }
        Assert.Equal(404, (await admin.GetAsync("/schemas/nothing")).Status);
    }

    [Fact]
    public async Task What_a_schema_says_of_defaults_is_what_is_stored()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.PostAsync("/services", """{"name":"a","host":"a"}""");
        await admin.PostAsync("/routes", """{"name":"a","paths":["/"]}""");
        await admin.PostAsync("/upstreams", """{"name":"a"}""");
        foreach (var kind in (ControlKind[])[ControlKinds.Services, ControlKinds.Routes, ControlKinds.Upstreams])
        {
            var schema = (await admin.GetAsync("/schemas/" + kind.Name)).Json;
            var stored = (await admin.GetAsync($"/{kind.Path}/a")).Json;
            AssertDefaults(schema, stored, ["id", "name", "host", "paths", "created_at", "updated_at"]);
        }
    }

    [Fact]
    public async Task The_settings_of_plugins_are_described()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var schema = await admin.GetAsync("/schemas/plugins/brake");
        var fields = schema["fields"].EnumerateArray().SelectMany(static field => field.EnumerateObject())
            .ToDictionary(static field => field.Name, static field => field.Value);
        var config = fields["config"];
        Assert.Equal(("record", true), (config.GetProperty("type").GetString(), config.GetProperty("required").GetBoolean()));
        Assert.Equal("""{"type":"integer","between":[0,1000],"required":true,"default":10,"description":"How long."}""",
            config.GetProperty("fields")[0].GetProperty("ms").GetRawText());
        Assert.Equal("set", fields["protocols"].GetProperty("type").GetString());
        Assert.Equal("config", schema["fields"].EnumerateArray().Last().EnumerateObject().Single().Name);
        Assert.Equal(200, (await admin.GetAsync("/plugins/schema/brake")).Status);
        Assert.Equal(404, (await admin.GetAsync("/schemas/plugins/nothing")).Status);
    }

    [Fact]
    public async Task Vaults_have_schemas_too()
    {
        await using var admin = await AdminHarness.OpenAsync();
        Assert.Equal(200, (await admin.GetAsync("/schemas/vaults/env")).Status);
        Assert.Equal(200, (await admin.GetAsync("/schemas/vaults/hcv")).Status);
        Assert.Equal(404, (await admin.GetAsync("/schemas/vaults/konnect")).Status);
        Assert.Equal(404, (await admin.GetAsync("/schemas/partials/nothing")).Status);
    }

    [Theory]
    [InlineData("services", """{"host":"h"}""", null)]
    [InlineData("services", """{"host":"h","port":-1}""", "schema violation (port: value should be between 0 and 65535)")]
    [InlineData("routes", """{"paths":["/"],"service":{"id":"0f5cbd52-53ad-4e3f-8c0c-e7cd85f9b3f0"}}""", null)]
    [InlineData("routes", """{"protocols":["https"]}""",
        "schema violation (must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https')")]
    [InlineData("key-auths", """{"consumer":{"id":"0f5cbd52-53ad-4e3f-8c0c-e7cd85f9b3f0"}}""", null)]
    [InlineData("keyauth_credentials", """{"key":"k"}""", "schema violation (consumer: required field missing)")]
    [InlineData("targets", """{"target":"h:80","upstream":{"id":"0f5cbd52-53ad-4e3f-8c0c-e7cd85f9b3f0"}}""", null)]
    [InlineData("plugins", """{"name":"brake","config":{"ms":5}}""", null)]
    [InlineData("plugins", """{"name":"brake","config":{"ms":"x"}}""", "schema violation (config.ms: expected an integer, found the text \"x\")")]
    [InlineData("plugins", """{"name":"nothing"}""", "schema violation (name: plugin 'nothing' not enabled: Weir does not have this plugin)")]
    [InlineData("workspaces", """{"name":"tags"}""", "schema violation (name: must not be equal to a path of the Admin API)")]
    public async Task Entities_are_judged_without_being_added(string kind, string body, string? problem)
    {
        await using var admin = await AdminHarness.OpenAsync();
        var answer = await admin.PostAsync($"/schemas/{kind}/validate", body);
        Assert.Equal((problem is null ? 200 : 400, problem ?? "schema validation successful"), (answer.Status, answer.Message));
        Assert.Equal(0, admin.Plane.Current.Revision);
    }

    static void AssertDefaults(JsonElement schema, JsonElement stored, string[] given)
    {
        foreach (var field in schema.GetProperty("fields").EnumerateArray().Select(static field => field.EnumerateObject().Single()))
        {
            if (given.Contains(field.Name)) continue;
            var there = stored.GetProperty(field.Name);
            if (field.Value.GetProperty("type").GetString() == "record" && there.ValueKind == JsonValueKind.Object) AssertDefaults(field.Value, there, given);
            else if (field.Value.TryGetProperty("default", out var said)) Assert.Equal(said.GetRawText(), there.GetRawText());
            else Assert.True(there.ValueKind == JsonValueKind.Null, $"{field.Name} is {there.GetRawText()}");
        }
    }
}
