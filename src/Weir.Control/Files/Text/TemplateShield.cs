using System.Globalization;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Keeps <c>${{ env "DECK_X" }}</c> out of the parser's sight: tools that change files leave such expressions as they are, and YAML could not read
/// <c>"${{ env "DECK_X" }}"</c>. Each becomes a word of the same length, so that lines and columns stay what they are, and is put back afterwards.
/// </summary>
sealed class TemplateShield
{
    const string Open = "${{";
    const string Close = "}}";

    // Of the private use area: no file has a use for them, and no parser stumbles over them.
    const char First = '\uE0F0';
    const char Fill = '\uE0F1';

    readonly List<string> _expressions = [];

    /// <summary>The text with a word in place of every expression. Comments are left alone, as decK does.</summary>
    public string Hide(string text)
    {
        if (!text.Contains(Open, StringComparison.Ordinal)) return text;
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
            if (lines[i].AsSpan().TrimStart() is not ['#', ..])
                lines[i] = HideLine(lines[i]);
        return string.Join('\n', lines);
    }

    string HideLine(string line)
    {
        var hidden = new StringBuilder(line.Length);
        var rest = line.AsSpan();
        for (int open; (open = rest.IndexOf(Open, StringComparison.Ordinal)) >= 0;)
        {
            var length = rest[open..].IndexOf(Close, StringComparison.Ordinal);
            if (length < 0) break;
            length += Close.Length;
            var expression = rest.Slice(open, length).ToString();
            var word = First + _expressions.Count.ToString(CultureInfo.InvariantCulture) + Fill;
            hidden.Append(rest[..open]).Append(word.PadRight(length, Fill));
            _expressions.Add(expression);
            rest = rest[(open + length)..];
        }
        return hidden.Append(rest).ToString();
    }

    /// <summary>The tree with the expressions in it again.</summary>
    public Node Restore(Node root) => _expressions.Count == 0 ? root : RestoreIn(root);

    Node RestoreIn(Node node) => node switch
    {
        MapNode map => new MapNode(map.Place, [.. map.Entries.Select(entry => entry with { Key = Text(entry.Key), Value = RestoreIn(entry.Value) })]),
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(RestoreIn)]),
        ScalarNode { Kind: ScalarKind.Text } scalar when scalar.Text.Contains(First) =>
            new ScalarNode(scalar.Place, ScalarKind.Text, Text(scalar.Text), scalar.Plain),
        _ => node,
    };

    /// <summary>A text, of a message too, with the expressions in it again.</summary>
    public string Text(string text)
    {
        for (int first; (first = text.IndexOf(First)) >= 0;)
        {
            var end = first + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (!int.TryParse(text.AsSpan(first + 1, end - first - 1), CultureInfo.InvariantCulture, out var index) || index >= _expressions.Count) break;
            while (end < text.Length && text[end] == Fill) end++;
            // JSON escapes the quotes of an expression; the text behind them has none.
            text = text[..first] + _expressions[index].Replace("\\\"", "\"", StringComparison.Ordinal) + text[end..];
        }
        return text;
    }
}
