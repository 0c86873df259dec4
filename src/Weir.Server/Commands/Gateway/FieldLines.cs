using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Control;

namespace Weir.Server;

/// <summary>What is different between two entities, line by line as decK shows it: the whole entity, with - and + where it changed.</summary>
sealed class FieldLines(Func<string, string> mask)
{
    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly List<(char Sign, string Text)> _lines = [];

    public static IReadOnlyList<(char Sign, string Text)> Of(JsonObject old, JsonObject next, Func<string, string> mask)
    {
        var lines = new FieldLines(mask);
        lines.Record(old, next, 1);
        return lines._lines;
    }

    void Record(JsonObject old, JsonObject next, int depth)
    {
        var kept = old.OrderBy(static field => field.Key, StringComparer.Ordinal).ToList();
        for (var i = 0; i < kept.Count; i++)
        {
            var (name, value) = kept[i];
            var comma = i == kept.Count - 1 ? "" : ",";
            var label = Quoted(name) + ": ";
            if (!next.TryGetPropertyValue(name, out var other)) Value('-', label, value, comma, depth);
            else if (JsonNode.DeepEquals(value, other)) Value(' ', label, value, comma, depth);
            else Changed(label, value, other, comma, depth);
        }
        var added = next.Where(field => !old.ContainsKey(field.Key)).OrderBy(static field => field.Key, StringComparer.Ordinal).ToList();
        for (var i = 0; i < added.Count; i++) Value('+', Quoted(added[i].Key) + ": ", added[i].Value, i == added.Count - 1 ? "" : ",", depth);
    }

    void Changed(string label, JsonNode? old, JsonNode? next, string comma, int depth)
    {
        switch (old, next)
        {
            case (JsonObject before, JsonObject after):
                Line(' ', depth, label + "{");
                Record(before, after, depth + 1);
                Line(' ', depth, "}" + comma);
                break;
            case (JsonArray before, JsonArray after):
                Line(' ', depth, label + "[");
                List(before, after, depth + 1);
                Line(' ', depth, "]" + comma);
                break;
            default:
                // What a variable replaces was a value of it too.
                if (old is JsonValue && Scalar(next).Contains(MaskedForm.Masked, StringComparison.Ordinal))
                    Line('-', depth, $"{label}\"{MaskedForm.Masked}\"{comma}");
                else
                    Value('-', label, old, comma, depth);
                Value('+', label, next, comma, depth);
                break;
        }
    }

    /// <summary>Members of a list: the longest run of members that both have in order stays, the rest is taken out or put in.</summary>
    void List(JsonArray old, JsonArray next, int depth)
    {
        var (left, right) = (old.Select(Text).ToList(), next.Select(Text).ToList());
        var common = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
            for (var j = right.Count - 1; j >= 0; j--)
                common[i, j] = left[i] == right[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var (at, to) = (0, 0);
        while (at < left.Count || to < right.Count)
        {
            var (isLastOld, isLastNew) = (at >= left.Count - 1, to >= right.Count - 1);
            if (at < left.Count && to < right.Count && left[at] == right[to])
            {
                Value(' ', "", old[at++], isLastOld && isLastNew ? "" : ",", depth);
                to++;
            }
            else if (at < left.Count && (to == right.Count || common[at + 1, to] >= common[at, to + 1])) Value('-', "", old[at++], isLastOld ? "" : ",", depth);
            else Value('+', "", next[to++], isLastNew ? "" : ",", depth);
        }
    }

    void Value(char sign, string label, JsonNode? value, string comma, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } record:
                Line(sign, depth, label + "{");
                var fields = record.OrderBy(static field => field.Key, StringComparer.Ordinal).ToList();
                for (var i = 0; i < fields.Count; i++) Value(sign, Quoted(fields[i].Key) + ": ", fields[i].Value, i == fields.Count - 1 ? "" : ",", depth + 1);
                Line(sign, depth, "}" + comma);
                break;
            case JsonArray { Count: > 0 } list:
                Line(sign, depth, label + "[");
                for (var i = 0; i < list.Count; i++) Value(sign, "", list[i], i == list.Count - 1 ? "" : ",", depth + 1);
                Line(sign, depth, "]" + comma);
                break;
            default:
                Line(sign, depth, label + Scalar(value) + comma);
                break;
        }
    }

    string Scalar(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var plain) ? Quoted(mask(plain)) : Text(value);

    static string Text(JsonNode? value) => value?.ToJsonString(Readable) ?? "null";

    static string Quoted(string text) => JsonValue.Create(text).ToJsonString(Readable);

    void Line(char sign, int depth, string text) => _lines.Add((sign, new string(' ', depth * 2) + text));
}
