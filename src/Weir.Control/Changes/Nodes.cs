using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>Small pieces of nodes.</summary>
static class Nodes
{
    static readonly ReadLimits Unlimited = new() { NodesMax = int.MaxValue };

    /// <summary>A stored entity as nodes; their places name the entity, so that problems can be told apart.</summary>
    public static MapNode Read(Stored entity) =>
        (MapNode)JsonText.Read($"{entity.Kind.Name}/{entity.Id}", Encoding.UTF8.GetString(entity.Json.Span), Unlimited, new Report(1))!;

    public static ScalarNode Text(string text) => new(default, ScalarKind.Text, text);

    public static MapNode With(MapNode node, string field, string text) => node.With(field, Text(text));

    public static MapNode With(MapNode node, string field, Node value) => node.With(field, value);

    /// <summary>With a text where the field is absent.</summary>
    public static MapNode Default(MapNode node, string field, string text) => node.Find(field) is null ? node.With(field, Text(text)) : node;

    public static MapNode Reference(Guid id) => new(default, [new MapEntry("id", default, Text(id.ToString()))]);
}
