namespace Weir.Ai;

/// <summary>Looks through a whole answer that passes as it is for what the records need.</summary>
static class ReplyScan
{
    public static void Read(ReadOnlyMemory<byte> bytes, AnswerShape shape) => shape.Wire.ReadReply(bytes, new ReplyTap(shape.Outcome, shape.Time));
}
