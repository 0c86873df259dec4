namespace Weir.Ai;

/// <summary>Looks through a whole answer that passes as it is for what the records need.</summary>
static class ReplyScan
{
    public static void Read(ReadOnlyMemory<byte> bytes, LlmOutcome outcome, Dialect wire, TimeProvider time, bool isChat)
    {
        // The answers of OpenAI and Anthropic say their usage in one place, which is found without reading the rest.
        if (!isChat || outcome.Wire is DialectName.OpenAiChat or DialectName.OpenAiResponses or DialectName.OpenAiCompletions or DialectName.Anthropic)
            outcome.Usage = UsageScan.OfWhole(bytes.Span);
        else
            wire.ReadReply(bytes, new ReplyTap(outcome, time));
    }
}
