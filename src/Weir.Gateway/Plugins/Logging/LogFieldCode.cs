using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Gateway.Plugins;

/// <summary>The value of one custom field, computed for every record.</summary>
interface ILogFieldValue
{
    /// <summary>The value; null for nil.</summary>
    JsonNode? Evaluate(Exchange exchange);
}

/// <summary>Reads the code of a custom field: <c>return</c> and a literal.</summary>
static class LogFieldCode
{
    const string Expected = "only `return` followed by a string, a number, true, false or nil is supported";

    /// <summary>The compiled field, or null and what is wrong.</summary>
    public static ILogFieldValue? Compile(string code, out string? problem)
    {
        problem = null;
        var text = code.AsSpan().Trim().TrimEnd(';').TrimEnd();
        if (!text.StartsWith("return") || (text.Length > 6 && !char.IsWhiteSpace(text[6]) && text[6] is not ('"' or '\'')))
        {
            problem = Expected;
            return null;
        }
        text = text[6..].Trim();
        if (text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] && !text[1..^1].ContainsAny(text[0], '\\', '\n'))
            return new Text(text[1..^1].ToString());
        if (text is "nil" or "") return new Nothing();
        if (text is "true" or "false") return new Truth(text is "true");
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return new Number(number);
        problem = Expected;
        return null;
    }

    sealed class Text(string value) : ILogFieldValue
    {
        public JsonNode? Evaluate(Exchange exchange) => JsonValue.Create(value);
    }

    sealed class Number(double value) : ILogFieldValue
    {
        public JsonNode? Evaluate(Exchange exchange) => JsonValue.Create(value);
    }

    sealed class Truth(bool value) : ILogFieldValue
    {
        public JsonNode? Evaluate(Exchange exchange) => JsonValue.Create(value);
    }

    sealed class Nothing : ILogFieldValue
    {
        public JsonNode? Evaluate(Exchange exchange) => null;
    }
}
