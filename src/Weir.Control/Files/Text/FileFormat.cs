using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Config;

namespace Weir.Control;

/// <summary>The forms that tools write.</summary>
enum FileFormat
{
    Yaml,
    Json,
}

/// <summary>Writes what a tool made, as decK does: keys sorted.</summary>
static class FileWriter
{
    static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Node root, FileFormat format) => format == FileFormat.Json ? Json(Sorted(root)) + "\n" : DeckYaml.Write(Sorted(root));

    /// <summary>The tree with the keys of all its maps in order.</summary>
    public static Node Sorted(Node node) => node switch
    {
        MapNode map => new MapNode(map.Place,
            [.. map.Entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => entry with { Value = Sorted(entry.Value) })]),
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(Sorted)]),
        _ => node,
    };

    static string Json(Node node)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
            NodeJson.Write(json, node);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
