using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a stream of events, from message-start to message-end.</summary>
sealed class CohereStreamReader(IReplySink sink) : ReplyStreamReader
{
    readonly SseReader _events = new();
    readonly List<Open> _open = [];
    int _count;
    int _lastText = -1;
    bool _isStarted;
    bool _isOver;

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!_isOver && _events.TryRead(ref bytes, out var read))
        {
            if (read.Data.IsEmpty || read.Data.SequenceEqual("[DONE]"u8)) continue;
            try
            {
                using var document = WireJson.Parse(read.Data.ToArray());
                if (document.RootElement.ValueKind == JsonValueKind.Object) Take(document.RootElement);
            }
            catch (Exception e) when (WireJson.IsBroken(e))
            {
                Fail(new LlmError(LlmErrorKind.Provider, 502, "An event of the provider's stream is not valid JSON."));
            }
        }
        if (_events.IsBroken) Fail(new LlmError(LlmErrorKind.Provider, 502, "An event of the provider's stream is too long."));
    }

    public override void End()
    {
        if (!_isOver) Fail(new LlmError(LlmErrorKind.Provider, 502, _isStarted ? "The provider's stream broke off." : "The provider's stream is empty."));
    }

    void Take(JsonElement read)
    {
        var type = read.TextOf("type");
        if (type is null)
        {
            if (read.TextOf("message") is { } error) Fail(CohereErrors.Of(502, error));
            return;
        }
        if (!_isStarted)
        {
            _isStarted = true;
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Started, Dialect = DialectName.Cohere, Id = read.TextOf("id") });
        }
        var delta = read.Field("delta") ?? default;
        var message = delta.Field("message") ?? default;
        switch (type)
        {
            case "message-start" or "citation-end":
                break;
            case "tool-plan-delta":
                TakePlan(message);
                break;
            case "content-start":
                TakeContent(read, message, isStart: true);
                break;
            case "content-delta":
                TakeContent(read, message, isStart: false);
                break;
            case "tool-call-start":
                StartCall(read, message);
                break;
            case "tool-call-delta":
                if (Find("call", Index(read)) is { } call)
                    Send(ReplyEventKind.Delta, call, message.Field("tool_calls")?.Field("function")?.TextOf("arguments"));
                break;
            case "content-end":
                End("content", Index(read));
                break;
            case "tool-call-end":
                End("call", Index(read));
                break;
            case "citation-start":
                if (message.Field("citations") is { } citation) Cite(citation);
                break;
            case "message-end":
                Finish(read, delta);
                break;
            default:
                sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Name = type, Json = WireJson.Copy(read) });
                break;
        }
    }

    void TakePlan(JsonElement message)
    {
        var plan = Find("plan", 0) ?? Start("plan", 0, ReplyPartKind.Text, null, CohereNames.ToolPlan);
        Send(ReplyEventKind.Delta, plan, message.TextOf("tool_plan"));
    }

    void TakeContent(JsonElement read, JsonElement message, bool isStart)
    {
        End("plan", 0);
        var content = message.Field("content") ?? default;
        var index = Index(read);
        var isThought = content.TextOf("type") == "thinking" || content.Field("thinking") is not null;
        var part = isStart ? null : Find("content", index);
        part ??= Start("content", index, isThought ? ReplyPartKind.Reasoning : ReplyPartKind.Text, null, null);
        Send(ReplyEventKind.Delta, part, content.TextOf(part.Kind == ReplyPartKind.Reasoning ? "thinking" : "text"));
    }

    void StartCall(JsonElement read, JsonElement message)
    {
        End("plan", 0);
        var call = message.Field("tool_calls") ?? default;
        var function = call.Field("function") ?? default;
        var part = Start("call", Index(read), ReplyPartKind.ToolCall, call.TextOf("id"), function.TextOf("name") ?? "");
        Send(ReplyEventKind.Delta, part, function.TextOf("arguments"));
    }

    void Cite(JsonElement citation)
    {
        foreach (var one in citation.ValueKind == JsonValueKind.Array ? citation.EnumerateArray().ToArray() : [citation])
        {
            var owner = Find("content", (int)Math.Clamp(one.CountOf("content_index"), 0, int.MaxValue));
            var part = owner is { Kind: ReplyPartKind.Text } ? owner.Part : _lastText;
            if (part >= 0) sink.On(CohereCitations.Event(part, one));
        }
    }

    void Finish(JsonElement read, JsonElement delta)
    {
        foreach (var open in _open.ToArray()) Close(open);
        if ((delta.Field("usage") ?? read.Field("usage")) is { ValueKind: JsonValueKind.Object } usage)
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = CohereUsage.Read(usage), Json = WireJson.Copy(usage) });
        var word = delta.TextOf("finish_reason");
        if (CohereReasons.Failure(word) is { } error)
        {
            Fail(delta.TextOf("error") is { } text ? error with { Message = text } : error);
            return;
        }
        _isOver = true;
        var stop = CohereReasons.Read(word);
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = stop, Name = stop == StopReason.Other ? word : null });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
    }

    Open Start(string group, int index, ReplyPartKind kind, string? id, string? name)
    {
        End(group, index);
        var part = new Open(group, index, _count++, kind);
        _open.Add(part);
        if (kind == ReplyPartKind.Text && name is null) _lastText = part.Part;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = part.Part, PartKind = kind, Id = id, Name = name });
        return part;
    }

    void Send(ReplyEventKind kind, Open part, string? text)
    {
        if (text is { Length: > 0 }) sink.On(new ReplyEvent { Kind = kind, Part = part.Part, PartKind = part.Kind, Text = text });
    }

    void End(string group, int index)
    {
        if (Find(group, index) is { } open) Close(open);
    }

    void Close(Open open)
    {
        _open.Remove(open);
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = open.Part, PartKind = open.Kind });
    }

    Open? Find(string group, int index)
    {
        foreach (var open in _open)
            if (open.Group == group && open.Index == index) return open;
        return null;
    }

    static int Index(JsonElement read) => (int)Math.Clamp(read.CountOf("index"), 0, int.MaxValue);

    void Fail(LlmError error)
    {
        if (_isOver) return;
        _isOver = true;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });
    }

    sealed record Open(string Group, int Index, int Part, ReplyPartKind Kind);
}
