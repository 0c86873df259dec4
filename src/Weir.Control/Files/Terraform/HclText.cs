using System.Globalization;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>Writes values in Terraform's language.</summary>
static class HclText
{
    static readonly string[] First = ["enabled", "name", "username"];

    /// <summary>The fields of a map as attributes: what an entity is known by first, the rest sorted; nulls are left out.</summary>
    /// <param name="text">Where they go.</param>
    /// <param name="map">The fields.</param>
    /// <param name="indent">Spaces before each.</param>
    /// <param name="json">A field whose value the provider takes as JSON.</param>
    public static void Attributes(StringBuilder text, MapNode map, int indent, string? json = null)
    {
        foreach (var entry in Ordered(map))
        {
            text.Append(' ', indent).Append(Key(entry.Key)).Append(" = ");
            if (entry.Key == json) text.Append("jsonencode(");
            Value(text, entry.Value, indent);
            text.Append(entry.Key == json ? ")\n" : "\n");
        }
    }

    public static void Value(StringBuilder text, Node node, int indent)
    {
        switch (node)
        {
            case MapNode { Entries.Count: 0 }:
                text.Append("{}");
                break;
            case MapNode map:
                text.Append("{\n");
                Attributes(text, map, indent + 2);
                text.Append(' ', indent).Append('}');
                break;
            case ListNode list when list.Items.All(static item => item is ScalarNode):
                text.Append('[').AppendJoin(", ", list.Items.Select(static item => Scalar((ScalarNode)item))).Append(']');
                break;
            case ListNode list:
                text.Append("[\n");
                foreach (var item in list.Items)
                {
                    text.Append(' ', indent + 2);
                    Value(text, item, indent + 2);
                    text.Append(",\n");
                }
                text.Append(' ', indent).Append(']');
                break;
            case ScalarNode scalar:
                text.Append(Scalar(scalar));
                break;
        }
    }

    static IEnumerable<MapEntry> Ordered(MapNode map) => map.Entries
        .Where(static entry => !entry.Value.IsNull())
        .OrderBy(static entry => Array.IndexOf(First, entry.Key) is >= 0 and var at ? at : First.Length)
        .ThenBy(static entry => entry.Key, StringComparer.Ordinal);

    static string Key(string key) => key.Length > 0 && !char.IsAsciiDigit(key[0]) && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        ? key
        : Quoted(key);

    static string Scalar(ScalarNode scalar) => scalar.Kind switch
    {
        ScalarKind.Null => "null",
        ScalarKind.Text when scalar.Text.Contains('\n', StringComparison.Ordinal) => Block(scalar.Text),
        ScalarKind.Text => Quoted(scalar.Text),
        _ => scalar.Text,
    };

    static string Block(string text)
    {
        var end = "EOF";
        while (text.Contains(end, StringComparison.Ordinal)) end += "_";
        return $"<<{end}\n{Plain(text).TrimEnd('\n')}\n{end}";
    }

    /// <summary>A text in quotes; what Terraform would take for an expression is one no longer.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in Plain(text))
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        return quoted.Append('"').ToString();
    }

    static string Plain(string text) => text.Replace("${", "$${", StringComparison.Ordinal).Replace("%{", "%%{", StringComparison.Ordinal);
}
