namespace Weir.Ai;

/// <summary>Parts of an answer that a completion, which is one text, cannot show.</summary>
static class OpenAiCompletionsLosses
{
    public static void Add(ReplyShape shape, in ReplyEvent started)
    {
        switch (started.PartKind)
        {
            case ReplyPartKind.Reasoning: shape.Losses.Add("reasoning"); break;
            case ReplyPartKind.ToolCall: shape.Losses.Add("tool_calls"); break;
            case ReplyPartKind.Audio: shape.Losses.Add("audio"); break;
            case ReplyPartKind.Image: shape.Losses.Add("image"); break;
            case ReplyPartKind.Opaque: shape.Losses.Add(started.Name ?? "opaque"); break;
        }
    }
}
