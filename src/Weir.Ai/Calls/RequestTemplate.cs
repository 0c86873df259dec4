using System.Text.RegularExpressions;

namespace Weir.Ai;

/// <summary>Text with <c>$(headers.x)</c>, <c>$(uri_captures.x)</c> and <c>$(query_params.x)</c> in it. What a request does not have leaves nothing.</summary>
sealed partial class RequestTemplate
{
    readonly string _text;

    public RequestTemplate(string text) => (_text, IsConstant) = (text, !Expression().IsMatch(text));

    /// <summary>The text is the same for every request.</summary>
    public bool IsConstant { get; }

    /// <summary>Why the text is no template, or null.</summary>
    public static string? ProblemOf(string text) => text.Contains("$(", StringComparison.Ordinal) && Expression().Count(text) != text.Split("$(").Length - 1
        ? "only $(headers.NAME), $(uri_captures.NAME) and $(query_params.NAME) are possible"
        : null;

    public string Render(Exchange exchange) => IsConstant ? _text : Expression().Replace(_text, match => Value(exchange, match) ?? "");

    static string? Value(Exchange exchange, Match match)
    {
        var name = match.Groups["name"].Value;
        return match.Groups["from"].Value switch
        {
            "headers" => exchange.Http.Request.Headers[name] is { Count: > 0 } header ? header[0] : null,
            "uri_captures" => exchange.UriCaptures?.GetValueOrDefault(name),
            _ => exchange.Http.Request.Query[name] is { Count: > 0 } argument ? argument[0] : null,
        };
    }

    [GeneratedRegex(@"\$\((?<from>headers|uri_captures|query_params)\.(?<name>[A-Za-z0-9_-]+)\)")]
    private static partial Regex Expression();
}
