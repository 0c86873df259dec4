namespace Weir.Ai;

/// <summary>Reads a streamed answer: an event per chunk, the last one [DONE], which some providers leave out.</summary>
sealed class OpenAiChatStreamReader(OpenAiChatReplyReader reply) : ReplyStreamReader
{
    readonly SseReader _events = new();

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (_events.TryRead(ref bytes, out var read))
        {
            if (read.Data.SequenceEqual("[DONE]"u8)) reply.Done();
            else if (read.Name.SequenceEqual("error"u8)) reply.Fail(OpenAiErrors.Read(OpenAiErrors.StatusInStream, read.Data.ToArray()));
            else if (read.Data.Length > 0) reply.ReadChunk(read.Data);
        }
        if (_events.IsBroken) reply.Fail("the provider sent an event that is too long");
    }

    public override void End()
    {
        // The last event may lack the empty line behind it.
        if (!reply.IsComplete) Feed("\n\n"u8);
        reply.EndOfBytes();
    }
}
