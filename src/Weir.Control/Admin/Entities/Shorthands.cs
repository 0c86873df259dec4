using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Deprecated flat names of settings. Kong repeats under them what stands under the new ones, and clients compare it with their files.</summary>
static class Shorthands
{
    static readonly ConditionalWeakTable<Shape, object> Known = [];

    public static bool HasAny(Shape shape) => (bool)Known.GetValue(shape, static shape => Has(shape));

    public static void Echo(JsonObject record, Shape shape)
    {
        foreach (var field in shape.Order)
            if (field.Shape.Kind == ShapeKind.Record && record[field.Name] is JsonObject inner)
                Echo(inner, field.Shape);
        foreach (var (name, path) in shape.Shorthands)
            if (!shape.Fields.ContainsKey(name) && !record.ContainsKey(name))
                record[name] = At(record, path)?.DeepClone();
    }

    static bool Has(Shape shape) =>
        shape.Shorthands.Count > 0 || shape.Order.Any(static field => field.Shape.Kind == ShapeKind.Record && Has(field.Shape));

    static JsonNode? At(JsonNode? node, string[] path)
    {
        foreach (var step in path) node = (node as JsonObject)?[step];
        return node;
    }
}
