using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a streamed answer: messageStart, blocks with their deltas, messageStop, metadata; or an exception.</summary>
sealed class BedrockStreamReader(IReplySink sink) : ReplyStreamReader
{
    readonly AwsEventStreamReader _reader = new();
    readonly BedrockReplyEvents _events = new(sink);
    readonly List<BedrockOpenBlock> _open = [];
    readonly List<BedrockOpaqueBlock> _opaque = [];
    bool _isOver;

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!_isOver && _reader.TryRead(ref bytes, out var read)) Take(read);
        if (!_isOver && _reader.Broken is { } broken) Fail($"the stream is broken: {broken}");
    }

    public override void End()
    {
        if (_isOver) return;
        // Usage comes last, and an answer is complete without it.
        if (_events.IsFinished && !_reader.IsInside) Finish();
        else Fail(_events.IsStarted ? "the stream ended before the answer was complete" : "the stream is empty");
    }

    void Take(in AwsEvent read)
    {
        var messageType = read.Text(":message-type"u8);
        if (messageType.SequenceEqual("exception"u8))
        {
            _isOver = true;
            _events.Fail(BedrockErrors.ReadException(Encoding.UTF8.GetString(read.Text(":exception-type"u8)), read.Payload, null));
            return;
        }
        if (messageType.SequenceEqual("error"u8))
        {
            _isOver = true;
            var message = Encoding.UTF8.GetString(read.Text(":error-message"u8));
            _events.Fail(BedrockErrors.ReadException(Encoding.UTF8.GetString(read.Text(":error-code"u8)), read.Payload, message));
            return;
        }
        using var document = LooseJson.Parse(read.Payload);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } data) Fail("the stream has an event that is not JSON");
        else Take(read.Text(":event-type"u8), data);
    }

    void Take(ReadOnlySpan<byte> type, JsonElement data)
    {
        if (type.SequenceEqual("messageStart"u8))
        {
            _events.Start();
        }
        else if (type.SequenceEqual("contentBlockStart"u8))
        {
            if (data.ObjectField("start"u8) is { } start) Start(Index(data), start);
        }
        else if (type.SequenceEqual("contentBlockDelta"u8))
        {
            if (data.ObjectField("delta"u8) is { } delta) Delta(Index(data), delta);
        }
        else if (type.SequenceEqual("contentBlockStop"u8))
        {
            Close(Index(data));
        }
        else if (type.SequenceEqual("messageStop"u8))
        {
            _events.Start();
            CloseAll();
            _events.ExtrasOf(data);
            _events.Finish(data.TextField("stopReason"u8));
        }
        else if (type.SequenceEqual("metadata"u8))
        {
            _events.Start();
            _events.ExtrasOf(data);
            _events.Usage(data);
            if (_events.IsFinished) Finish();
        }
    }

    void Start(int index, JsonElement start)
    {
        if (_events.IsFinished) return;
        _events.Start();
        if (start.ObjectField("toolUse"u8) is { } use && use.TextField("type"u8) != "server_tool_use") _open.Add(_events.OpenCall(index, use));
        else if (start.EnumerateObject().Any()) _opaque.Add(new BedrockOpaqueBlock(index, start));
    }

    void Delta(int index, JsonElement delta)
    {
        if (_events.IsFinished) return;
        _events.Start();
        if (Opaque(index) is { } opaque)
        {
            opaque.Add(delta);
            return;
        }
        if (delta.TextField("text"u8) is { Length: > 0 } text)
        {
            _events.Piece(BlockOf(index, ReplyPartKind.Text), ReplyEventKind.Delta, text);
        }
        else if (delta.ObjectField("toolUse"u8) is { } use)
        {
            if (Find(index) is { IsCall: true } call) _events.Piece(call, ReplyEventKind.Delta, use.TextField("input"u8));
        }
        else if (delta.ObjectField("reasoningContent"u8) is { } reasoning)
        {
            var open = BlockOf(index, ReplyPartKind.Reasoning);
            _events.Piece(open, ReplyEventKind.Delta, reasoning.TextField("text"u8));
            _events.Piece(open, ReplyEventKind.Signature, reasoning.TextField("signature"u8));
            _events.Piece(open, ReplyEventKind.Encrypted, reasoning.TextField("redactedContent"u8));
        }
        else if (delta.ObjectField("citation"u8) is { } citation)
        {
            _events.Annotate(BlockOf(index, ReplyPartKind.Text), JsonText.Of($"[{citation.GetRawText()}]"));
        }
    }

    void Close(int index)
    {
        if (Opaque(index) is { } opaque)
        {
            _opaque.Remove(opaque);
            _events.Opaque(opaque.Kind, opaque.ToJson());
        }
        else if (Find(index) is { } open)
        {
            _open.Remove(open);
            _events.Close(open);
        }
    }

    void CloseAll()
    {
        while (_open.Count > 0) Close(_open[0].Index);
        while (_opaque.Count > 0) Close(_opaque[0].Index);
    }

    /// <summary>The block of a delta: only calls are announced, all others begin with their first delta.</summary>
    BedrockOpenBlock BlockOf(int index, ReplyPartKind kind)
    {
        if (Find(index) is { } open) return open;
        open = _events.Open(index, kind);
        _open.Add(open);
        return open;
    }

    BedrockOpenBlock? Find(int index)
    {
        foreach (var open in _open)
            if (open.Index == index) return open;
        return null;
    }

    BedrockOpaqueBlock? Opaque(int index)
    {
        foreach (var opaque in _opaque)
            if (opaque.Index == index) return opaque;
        return null;
    }

    static int Index(JsonElement data) => data.LongField("contentBlockIndex"u8) is >= 0 and <= int.MaxValue and var index ? (int)index : 0;

    void Finish()
    {
        _isOver = true;
        _events.End();
    }

    void Fail(string message)
    {
        _isOver = true;
        _events.Fail(new LlmError(LlmErrorKind.Provider, 502, message));
    }
}
