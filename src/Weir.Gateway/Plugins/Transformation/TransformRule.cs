namespace Weir.Gateway.Plugins;

/// <summary>One <c>name:value</c> of a transformation.</summary>
/// <param name="Name">What is changed.</param>
/// <param name="Value">The value as configured; null when there is none.</param>
/// <param name="Slot">Where the value is found among the rendered ones of a request; -1 when it is the same for all requests.</param>
readonly record struct TransformRule(string Name, string? Value, int Slot)
{
    /// <summary>The value for one request.</summary>
    public string? Of(string[] rendered) => Slot < 0 ? Value : rendered[Slot];

    /// <summary>Splits at the first colon. Without one, or with nothing after it, there is no value.</summary>
    public static (string Name, string? Value) Split(string pair)
    {
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return (pair, null);
        return (pair[..colon], colon + 1 < pair.Length ? pair[(colon + 1)..] : null);
    }
}

/// <summary>
/// The templates of one plugin. All are rendered before anything is changed, so that a template sees the request as it came, whatever the rules before it did.
/// </summary>
sealed class RuleTemplates
{
    static readonly string[] None = [];

    readonly List<Template> _templates = [];

    public TransformRule[] Rules(IReadOnlyList<string> pairs) => [.. pairs.Select(Rule)];

    /// <summary>A text that is a value as a whole.</summary>
    public TransformRule Text(string text) => Rule("", text);

    TransformRule Rule(string pair)
    {
        var (name, value) = TransformRule.Split(pair);
        return Rule(name, value);
    }

    TransformRule Rule(string name, string? value)
    {
        if (value is null || !Template.TryParse(value, out var template, out _) || template.Constant is not null) return new(name, value, -1);
        _templates.Add(template);
        return new(name, value, _templates.Count - 1);
    }

    public bool TryRender(Exchange exchange, out string[] rendered, out string? problem)
    {
        problem = null;
        rendered = _templates.Count == 0 ? None : new string[_templates.Count];
        for (var i = 0; i < rendered.Length; i++)
        {
            if (!_templates[i].TryRender(exchange, out var text, out problem)) return false;
            rendered[i] = text;
        }
        return true;
    }
}
