namespace Weir.Ai;

/// <summary>
/// A tool through which a model without structured output gives JSON of a schema: it is made to call it, and the arguments are the answer. The name is
/// reserved: a call of it is read as text, so no client ever sees the tool.
/// </summary>
sealed record AnswerTool(string Description, JsonText Schema)
{
    public const string Name = "json_answer";

    static readonly JsonText AnyObject = JsonText.Of("""{"type":"object"}""");

    public static AnswerTool For(OutputFormat format) => new(
        format.Description ?? "Gives the answer. Its arguments are the whole answer, and nothing else is shown.",
        format.Kind == OutputKind.JsonObject || format.Schema.IsEmpty ? AnyObject : format.Schema);
}
