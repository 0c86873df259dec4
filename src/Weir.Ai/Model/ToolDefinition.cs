namespace Weir.Ai;

/// <summary>A tool that the model may call.</summary>
sealed record ToolDefinition
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>JSON Schema of the arguments; empty for none.</summary>
    public JsonText Parameters { get; init; }

    /// <summary>Arguments must match the schema exactly; null where not said.</summary>
    public bool? IsStrict { get; init; }

    public CacheMark? Cache { get; init; }

    /// <summary>A tool that the provider runs itself (web search), or of a kind that only its dialect knows: the whole definition; else empty.</summary>
    public JsonText Opaque { get; init; }

    /// <summary>Fields without a place here.</summary>
    public IReadOnlyList<Extra> Extras { get; init; } = [];
}

/// <summary>Which tools the model has to call.</summary>
/// <param name="Kind">Whether it may, must, or must not.</param>
/// <param name="Name">The tool it must call, for <see cref="ToolChoiceKind.Named"/>.</param>
sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>The only tools it may choose from; empty for all.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}

enum ToolChoiceKind
{
    Auto,
    None,

    /// <summary>At least one, whichever.</summary>
    Required,
    Named,
}
