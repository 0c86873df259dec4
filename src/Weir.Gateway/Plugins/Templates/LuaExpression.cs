using System.Diagnostics.CodeAnalysis;

namespace Weir.Gateway.Plugins;

/// <summary>
/// One Lua expression over a request: parsed once, evaluated for each request. It can read the exchange and compute with strings and numbers; it has no loops,
/// no assignments, no access to anything else, and bounded cost.
/// </summary>
sealed class LuaExpression
{
    readonly LuaNode _root;

    LuaExpression(LuaNode root) => _root = root;

    /// <summary>Parses an expression. The problem says what is wrong and at which character, from 1.</summary>
    public static bool TryParse(string source, [NotNullWhen(true)] out LuaExpression? expression, [NotNullWhen(false)] out string? problem) =>
        TryParse(source, 0, out expression, out problem);

    /// <summary>The value for one exchange; a fault when the expression does something impossible, such as joining a string and nil.</summary>
    public LuaValue Evaluate(in LuaScope scope) => _root.Evaluate(scope);

    internal static bool TryParse(string source, int start, [NotNullWhen(true)] out LuaExpression? expression, [NotNullWhen(false)] out string? problem)
    {
        expression = null;
        if (source.Length > LuaLimits.SourceCharsMax)
        {
            problem = $"longer than {LuaLimits.SourceCharsMax} characters";
            return false;
        }
        var parser = new LuaParser(source, start);
        var root = parser.ParseExpression();
        if (parser.Problem is null && parser.Is(";")) parser.Advance();
        problem = parser.Problem ?? (parser.AtEnd ? null : $"unexpected {parser.Found} at {parser.At + 1}");
        if (problem is not null) return false;
        expression = new LuaExpression(root);
        return true;
    }
}
