using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Server.Tests;

/// <summary>What is generated from the config records of the catalog.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Every_field_of_every_plugin_says_what_it_is()
    {
        var undescribed = Catalog.All.SelectMany(kind => Undescribed(kind.Name, Shape.Of(kind.ConfigType)));
        Assert.Empty(undescribed);
    }

    [Fact]
    public void The_schema_knows_every_plugin_of_the_catalog()
    {
        var schema = SchemaExport.Export(Catalog.All.ToDictionary(kind => kind.Name));
        var definitions = schema["$defs"]!.AsObject();
        Assert.All(Catalog.All, kind => Assert.IsType<JsonObject>(definitions["config." + kind.Name]));
    }

    static IEnumerable<string> Undescribed(string path, Shape shape)
    {
        var inner = shape;
        while (inner.Kind is ShapeKind.List or ShapeKind.Map)
            inner = inner.Element!;
        foreach (var field in inner.Order)
        {
            var name = $"{path}.{field.Name}";
            if (field.Description.Length == 0)
                yield return name;
            foreach (var below in Undescribed(name, field.Shape))
                yield return below;
        }
    }
}
