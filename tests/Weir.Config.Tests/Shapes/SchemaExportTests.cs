using System.Text.Json.Nodes;

namespace Weir.Config.Tests;

public sealed class SchemaExportTests
{
    static readonly JsonNode Schema = SchemaExport.Export(Samples.Plugins);

    [Fact]
    public void Describes_every_list_of_a_document()
    {
        var properties = Schema["properties"]!.AsObject();
        Assert.All(EntityKinds.All, kind => Assert.True(properties.ContainsKey(kind.Plural), kind.Plural));
        Assert.False(Schema["additionalProperties"]!.GetValue<bool>());
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", Schema["$schema"]!.GetValue<string>());
    }

    [Fact]
    public void Describes_a_field_with_type_range_default_and_description()
    {
        var port = Schema["$defs"]!["service"]!["properties"]!["port"]!;
        Assert.Equal(["integer", "null"], port["type"]!.AsArray().Select(type => type!.GetValue<string>()));
        Assert.Equal((0, 65535, 80), (port["minimum"]!.GetValue<double>(), port["maximum"]!.GetValue<double>(), port["default"]!.GetValue<int>()));
        Assert.Equal("Port of the upstream.", port["description"]!.GetValue<string>());
    }

    [Fact]
    public void Describes_nested_entities_and_references()
    {
        Assert.Equal("#/$defs/route", Schema["$defs"]!["service"]!["properties"]!["routes"]!["items"]!["$ref"]!.GetValue<string>());
        Assert.Equal("#/$defs/reference", Schema["$defs"]!["route"]!["properties"]!["service"]!["$ref"]!.GetValue<string>());
    }

    [Fact]
    public void Describes_the_settings_of_every_plugin()
    {
        Assert.Equal(["sample", "strict"], Schema["$defs"]!["plugin"]!["properties"]!["name"]!["enum"]!.AsArray().Select(name => name!.GetValue<string>()));
        var config = Schema["$defs"]!["config.sample"]!;
        Assert.Equal(["consumer", "ip", null], config["properties"]!["limit_by"]!["enum"]!.AsArray().Select(word => word?.GetValue<string>()));
        Assert.Equal(1, config["properties"]!["key_names"]!["minItems"]!.GetValue<int>());
        Assert.True(config["properties"]!["redis_host"]!["deprecated"]!.GetValue<bool>());
        Assert.Equal(6379, config["properties"]!["redis"]!["properties"]!["port"]!["default"]!.GetValue<int>());
    }

    [Fact]
    public void Every_reference_in_it_leads_somewhere()
    {
        var definitions = Schema["$defs"]!.AsObject();
        foreach (var target in References(Schema))
            Assert.True(definitions.ContainsKey(target["#/$defs/".Length..]), target);
    }

    static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => entry is { Key: "$ref", Value: JsonValue target } ? [target.GetValue<string>()] : References(entry.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
