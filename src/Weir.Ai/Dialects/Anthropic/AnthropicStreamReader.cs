using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a streamed message: message_start, blocks with their deltas, message_delta, message_stop.</summary>
sealed class AnthropicStreamReader : ReplyStreamReader
{
    readonly SseReader _reader = new();
    readonly AnthropicUsage _usage = new();
    readonly AnthropicReplyEvents _events;
    readonly List<AnthropicOpenBlock> _open = [];
    bool _isOver;

    readonly IReplySink _sink;

    public AnthropicStreamReader(IReplySink sink) => (_sink, _events) = (sink, new AnthropicReplyEvents(sink, _usage));

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!_isOver && _reader.TryRead(ref bytes, out var read)) Take(read);
        if (!_isOver && _reader.IsBroken) Fail("the stream has an event that is too long");
    }

    public override void End()
    {
        // The last event may have come without the empty line that ends it.
        Feed("\n\n"u8);
        if (!_isOver) Fail(_events.IsStarted ? "the stream ended before the message was complete" : "the stream is empty");
    }

    void Take(in SseEvent read)
    {
        if (!_sink.WantsText && _open.Count > 0 && TextSkim.Anthropic(read.Data) is >= 0 and var chars)
        {
            _sink.On(new ReplyEvent { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Text, Chars = chars });
            return;
        }
        using var document = LooseJson.Parse(read.Data);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } data)
        {
            if (!read.Data.SequenceEqual("[DONE]"u8)) Fail("the stream has an event that is not JSON");
            return;
        }
        switch (data.TextField("type"u8))
        {
            case "message_start" when !_events.IsStarted && data.ObjectField("message"u8) is { } message:
                if (message.ObjectField("usage"u8) is { } used) _usage.Read(used);
                _events.Start(message);
                break;
            case "content_block_start" when !_events.IsFinished && data.ObjectField("content_block"u8) is { } block:
                EnsureStarted(data);
                if (Find(Index(data)) is { } same) Close(same);
                _open.Add(_events.Open(Index(data), block));
                break;
            case "content_block_delta" when data.ObjectField("delta"u8) is { } delta:
                EnsureStarted(data);
                if (BlockOf(data, delta) is { } open) Add(open, delta);
                break;
            case "content_block_stop":
                if (Find(Index(data)) is { } stopped) Close(stopped);
                break;
            case "message_delta":
                EnsureStarted(data);
                TakeEnd(data);
                break;
            case "message_stop":
                EnsureStarted(data);
                CloseAll();
                _events.Finish(default);
                _isOver = true;
                _events.End();
                break;
            case "error":
                _isOver = true;
                _events.Fail(AnthropicErrors.Read(null, data.ObjectField("error"u8) ?? data));
                break;
            default:
                break;
        }
    }

    void Add(AnthropicOpenBlock open, JsonElement delta)
    {
        if (open.Opaque is { } opaque)
        {
            opaque.Add(delta);
            return;
        }
        switch (delta.TextField("type"u8))
        {
            case "text_delta" when open.Kind == ReplyPartKind.Text:
                _events.Delta(open, delta.TextField("text"u8));
                break;
            case "thinking_delta" when open.Kind == ReplyPartKind.Reasoning:
                _events.Delta(open, delta.TextField("thinking"u8));
                break;
            case "input_json_delta" when open.Input is not null:
                _events.Delta(open, delta.TextField("partial_json"u8));
                break;
            case "signature_delta" when open.Kind == ReplyPartKind.Reasoning:
                _events.Signature(open, delta.TextField("signature"u8));
                break;
            case "citations_delta" when open.Kind == ReplyPartKind.Text && delta.ObjectField("citation"u8) is { } citation:
                _events.Annotate(open, JsonText.Of($"[{citation.GetRawText()}]"));
                break;
            default:
                break;
        }
    }

    void TakeEnd(JsonElement data)
    {
        if (data.ObjectField("usage"u8) is { } used) _usage.Read(used);
        _events.ExtrasOf(data);
        if (data.ObjectField("delta"u8) is not { } delta) return;
        _events.ExtrasOf(delta);
        if (delta.Field("stop_reason"u8) is null) return;
        CloseAll();
        _events.Finish(delta);
    }

    void CloseAll()
    {
        while (_open.Count > 0) Close(_open[0]);
    }

    /// <summary>The block of a delta. Some servers that speak this wire leave out its start.</summary>
    AnthropicOpenBlock? BlockOf(JsonElement data, JsonElement delta)
    {
        if (Find(Index(data)) is { } open) return open;
        var start = delta.TextField("type"u8) switch { "text_delta" => TextStart, "thinking_delta" => ThinkingStart, _ => default };
        if (start.ValueKind == JsonValueKind.Undefined || _events.IsFinished) return null;
        open = _events.Open(Index(data), start);
        _open.Add(open);
        return open;
    }

    static readonly JsonElement TextStart = JsonDocument.Parse("""{"type":"text"}""").RootElement;
    static readonly JsonElement ThinkingStart = JsonDocument.Parse("""{"type":"thinking"}""").RootElement;

    void EnsureStarted(JsonElement data)
    {
        if (!_events.IsStarted) _events.Start(data);
    }

    void Close(AnthropicOpenBlock open)
    {
        _open.Remove(open);
        _events.Close(open);
    }

    AnthropicOpenBlock? Find(int index)
    {
        foreach (var open in _open)
            if (open.Index == index) return open;
        return null;
    }

    static int Index(JsonElement data) => data.LongField("index"u8) is >= 0 and <= int.MaxValue and var index ? (int)index : 0;

    void Fail(string message)
    {
        _isOver = true;
        _events.Fail(new LlmError(LlmErrorKind.Provider, 502, message));
    }
}
