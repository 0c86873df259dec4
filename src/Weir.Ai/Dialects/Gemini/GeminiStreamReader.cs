namespace Weir.Ai;

/// <summary>Reads a stream of responses: server-sent events, or the JSON array that Google sends where alt is not sse.</summary>
sealed class GeminiStreamReader(IReplySink sink) : ReplyStreamReader
{
    readonly GeminiReplyReader _reply = new(sink, isStream: true);
    SseReader? _events;
    JsonValueCutter? _values;

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && !_reply.IsOver)
        {
            if (_events is null && _values is null && !Begin(ref bytes)) return;
            if (_events is not null) FeedEvents(ref bytes);
            else FeedValues(ref bytes);
        }
    }

    public override void End()
    {
        if (_values is { IsInValue: true }) _reply.Fail("The provider's stream broke off.");
        _reply.End();
    }

    /// <summary>The first character tells which of the two it is.</summary>
    bool Begin(ref ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimStart(" \t\r\n"u8);
        if (bytes.IsEmpty) return false;
        if (bytes[0] is (byte)'[' or (byte)'{') _values = new JsonValueCutter();
        else _events = new SseReader();
        return true;
    }

    void FeedEvents(ref ReadOnlySpan<byte> bytes)
    {
        while (_events!.TryRead(ref bytes, out var read))
        {
            if (read.Data.IsEmpty || read.Data.SequenceEqual("[DONE]"u8)) continue;
            if (!_reply.Read(read.Data.ToArray())) return;
        }
        if (_events.IsBroken) _reply.Fail("An event of the provider's stream is too long.");
    }

    void FeedValues(ref ReadOnlySpan<byte> bytes)
    {
        while (_values!.TryRead(ref bytes, out var value))
            if (!_reply.Read(value)) return;
        if (_values.IsBroken) _reply.Fail("The provider's stream is not a JSON array of answers.");
    }
}
