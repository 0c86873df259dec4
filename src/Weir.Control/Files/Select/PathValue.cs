using System.Text;
using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Control;

/// <summary>What can be compared: one value, or none.</summary>
abstract record PathValue
{
    public abstract Node? Evaluate(Node root, Node current);
}

sealed record LiteralValue(ScalarNode Literal) : PathValue
{
    public override Node? Evaluate(Node root, Node current) => Literal;
}

/// <summary>The node of a query that chooses at most one; also <c>value(…)</c> of any query.</summary>
sealed record QueryValue(PathQuery Query) : PathValue
{
    public override Node? Evaluate(Node root, Node current) => Query.Evaluate(root, current) is [var only] ? only : null;
}

/// <summary><c>length(…)</c>: characters of a text, items of a list, members of a map.</summary>
sealed record LengthValue(PathValue Of) : PathValue
{
    public override Node? Evaluate(Node root, Node current) => Of.Evaluate(root, current) switch
    {
        MapNode map => Tree.Number(map.Entries.Count),
        ListNode list => Tree.Number(list.Items.Count),
        ScalarNode { Kind: ScalarKind.Text } text => Tree.Number(text.Text.EnumerateRunes().Count()),
        _ => null,
    };
}

/// <summary><c>count(…)</c>: nodes that a query chooses.</summary>
sealed record CountValue(PathQuery Query) : PathValue
{
    public override Node? Evaluate(Node root, Node current) => Tree.Number(Query.Evaluate(root, current).Count);
}

/// <summary><c>match(…)</c> of a whole text or <c>search(…)</c> in it, with an expression of RFC 9485.</summary>
sealed class PathMatch(PathValue text, PathValue pattern, bool whole)
{
    (string Pattern, Regex? Regex) _last = ("", null);

    public bool Holds(Node root, Node current) =>
        text.Evaluate(root, current) is ScalarNode { Kind: ScalarKind.Text } subject
        && pattern.Evaluate(root, current) is ScalarNode { Kind: ScalarKind.Text } expression
        && Compiled(expression.Text) is { } regex && regex.IsMatch(subject.Text);

    Regex? Compiled(string expression)
    {
        if (_last.Pattern != expression || _last.Regex is null)
            _last = (expression, UserPattern.TryCompile(WithDots(expression), whole, out var regex, out _) ? regex : null);
        return _last.Regex;
    }

    // A dot stands for one character of Unicode, and for no end of line (RFC 9485, 5.3).
    static string WithDots(string expression)
    {
        const string dot = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\n\r])";
        var translated = new StringBuilder(expression.Length);
        var inClass = false;
        for (var i = 0; i < expression.Length; i++)
        {
            var c = expression[i];
            if (c == '\\' && i + 1 < expression.Length)
            {
                translated.Append(c).Append(expression[++i]);
                continue;
            }
            inClass = c == '[' || (inClass && c != ']');
            translated.Append(c == '.' && !inClass ? dot : c.ToString());
        }
        return translated.ToString();
    }
}
