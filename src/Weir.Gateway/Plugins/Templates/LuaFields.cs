using System.Diagnostics.CodeAnalysis;

namespace Weir.Gateway.Plugins;

/// <summary>The Lua of <c>custom_fields_by_lua</c>: a chunk that is nothing but <c>return</c> and one expression.</summary>
static class LuaFields
{
    const string SupportedForm = "only the form 'return <expression>' is supported, without local variables, assignments, conditions, loops and functions";

    /// <summary>Parses a chunk. The problem says what is wrong and at which character, from 1.</summary>
    public static bool TryParse(string source, [NotNullWhen(true)] out LuaExpression? expression, [NotNullWhen(false)] out string? problem)
    {
        expression = null;
        // The lexer knows where comments end, which may stand before the 'return'.
        var parser = new LuaParser(source, 0);
        if (parser.Problem is not null || !parser.IsName("return"))
        {
            problem = parser.Problem ?? $"{SupportedForm}; found {parser.Found} at {parser.At + 1}";
            return false;
        }
        return LuaExpression.TryParse(source, parser.At + "return".Length, out expression, out problem);
    }
}
