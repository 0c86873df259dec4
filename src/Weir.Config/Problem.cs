namespace Weir.Config;

/// <summary>Where something stands in a file. Line and column start at 1; 0 when unknown.</summary>
readonly record struct Place(string File, int Line, int Column)
{
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}

enum Severity
{
    /// <summary>The document cannot be used.</summary>
    Error,

    /// <summary>The document can be used, but the operator should know.</summary>
    Warning,
}

/// <summary>Something wrong with a document.</summary>
/// <param name="Severity">Whether it stops the document from being used.</param>
/// <param name="Place">File, line and column.</param>
/// <param name="Entity">The entity as people call it, <c>route 'orders'</c>; empty for the document itself.</param>
/// <param name="Field">Path of the field inside the entity, <c>paths[0]</c>; empty for the entity as a whole.</param>
/// <param name="Message">What is wrong and what was expected.</param>
sealed record Problem(Severity Severity, Place Place, string Entity, string Field, string Message)
{
    public override string ToString()
    {
        var severity = Severity == Severity.Warning ? "warning: " : "";
        var entity = Entity.Length > 0 ? Entity + ": " : "";
        var field = Field.Length > 0 ? Field + ": " : "";
        return $"{Place}: {severity}{entity}{field}{Message}";
    }
}
