using System.Diagnostics.CodeAnalysis;

namespace Weir.Gateway.Plugins;

/// <summary>
/// Text with <c>$(expression)</c> in it. A value that is nil or false leaves nothing. A '$' that is not followed by '(' is itself.
/// </summary>
sealed class Template
{
    readonly (string? Literal, LuaNode? Expression)[] _parts;

    Template((string? Literal, LuaNode? Expression)[] parts) => _parts = parts;

    /// <summary>The text when it is the same for every request; null when it has expressions.</summary>
    public string? Constant => _parts switch
    {
        [] => "",
        [{ Literal: { } literal }] => literal,
        _ => null,
    };

    /// <summary>Parses a template. The problem says what is wrong and at which character, from 1.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out string? problem)
    {
        template = null;
        problem = text.Length > LuaLimits.SourceCharsMax ? $"longer than {LuaLimits.SourceCharsMax} characters" : null;
        List<(string?, LuaNode?)> parts = [];
        var at = 0;
        while (problem is null && at < text.Length)
        {
            var open = text.IndexOf("$(", at, StringComparison.Ordinal);
            if (open < 0) open = text.Length;
            if (open > at) parts.Add((text[at..open], null));
            if (open == text.Length) break;
            var parser = new LuaParser(text, open + 2);
            var node = parser.ParseExpression();
            problem = parser.Problem ?? (parser.Is(")") ? null : $"')' is expected, found {parser.Found} at {parser.At + 1}");
            parts.Add((null, node));
            at = parser.At + 1;
        }
        if (problem is not null) return false;
        template = new Template([.. parts]);
        return true;
    }

    /// <summary>Renders the template for one exchange. False when an expression fails or the text gets too long; the problem says why.</summary>
    public bool TryRender(Exchange exchange, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem)
    {
        (text, problem) = (Constant, null);
        if (text is not null) return true;
        var scope = new LuaScope(exchange);
        var rendered = new string[_parts.Length];
        var length = 0;
        for (var i = 0; i < _parts.Length; i++)
        {
            rendered[i] = _parts[i].Literal ?? Render(_parts[i].Expression!, scope, out problem);
            if (problem is not null) return false;
            length += rendered[i].Length;
        }
        if (length > LuaLimits.TextCharsMax)
        {
            problem = $"the rendered template is longer than {LuaLimits.TextCharsMax} characters";
            return false;
        }
        text = rendered.Length == 1 ? rendered[0] : string.Concat(rendered);
        return true;
    }

    static string Render(LuaNode expression, in LuaScope scope, out string? problem)
    {
        var value = expression.Evaluate(scope);
        problem = value.Type switch
        {
            LuaType.Fault => value.Text,
            LuaType.Table => "a table has no text; name one of its fields",
            _ => null,
        };
        return problem is null && value.IsTruthy ? value.Show() : "";
    }
}
