namespace Weir.Ai;

/// <summary>Paths of what only /v1/responses knows.</summary>
static class ResponsesNames
{
    public const string Text = "text.";
    public const string Format = "text.format.";
    public const string Reasoning = "reasoning.";

    /// <summary>Before fields of a message item, on its first part.</summary>
    public const string Message = "message.";

    /// <summary>Before fields of an output item, in answers.</summary>
    public const string Output = "output.";

    /// <summary>Before the type of an event of the stream that only this dialect knows.</summary>
    public const string Event = "event.";

    public const string IncludeLogprobs = "message.output_text.logprobs";

    /// <summary>Name of a reasoning part whose text is the thoughts themselves, not a summary.</summary>
    public const string ReasoningText = "reasoning_text";

    /// <summary>Name of the text part that stands for a message without content.</summary>
    public const string NoContent = "no_content";

    /// <summary>Stands between the parts of a summary: models write them as paragraphs with a title each.</summary>
    public const string SummaryBreak = "\n\n";
}
