using System.Text.Json;

namespace Weir.Ai;

/// <summary>Turns the pieces of an answer, which are much the same in a whole one and in a stream, into events.</summary>
sealed class BedrockReplyEvents(IReplySink sink)
{
    int _parts;
    bool _calledTools;
    bool _calledAnswerTool;

    public bool IsStarted { get; private set; }

    public bool IsFinished { get; private set; }

    public void Start()
    {
        if (IsStarted) return;
        IsStarted = true;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Started, Dialect = DialectName.Bedrock });
    }

    public BedrockOpenBlock Open(int index, ReplyPartKind kind)
    {
        var open = new BedrockOpenBlock { Index = index, Number = _parts++, Kind = kind };
        Send(open, ReplyEventKind.PartStarted);
        return open;
    }

    /// <summary>Begins a call, or what looks like one: the answer as JSON.</summary>
    public BedrockOpenBlock OpenCall(int index, JsonElement use)
    {
        var isAnswer = use.TextField("name"u8) == AnswerTool.Name;
        var open = new BedrockOpenBlock { Index = index, Number = _parts++, Kind = isAnswer ? ReplyPartKind.Text : ReplyPartKind.ToolCall, IsCall = true };
        _calledAnswerTool |= isAnswer;
        _calledTools |= !isAnswer;
        if (isAnswer)
        {
            Send(open, ReplyEventKind.PartStarted);
            return open;
        }
        sink.On(new ReplyEvent
        {
            Kind = ReplyEventKind.PartStarted,
            Part = open.Number,
            PartKind = open.Kind,
            Id = use.TextField("toolUseId"u8) ?? "",
            Name = use.TextField("name"u8) ?? "",
        });
        return open;
    }

    /// <summary>A block that only Bedrock knows, complete.</summary>
    public void Opaque(string kind, JsonText json)
    {
        var number = _parts++;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = number, PartKind = ReplyPartKind.Opaque, Name = kind, Json = json });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = number, PartKind = ReplyPartKind.Opaque });
    }

    public void Piece(BedrockOpenBlock open, ReplyEventKind kind, string? text)
    {
        if (string.IsNullOrEmpty(text)) return;
        open.HasText |= kind == ReplyEventKind.Delta;
        Send(open, kind, text);
    }

    public void Annotate(BedrockOpenBlock open, JsonText array) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Annotations, Part = open.Number, PartKind = open.Kind, Json = array });

    public void Close(BedrockOpenBlock open)
    {
        // A call without arguments has the empty object.
        if (open.IsCall && !open.HasText) Piece(open, ReplyEventKind.Delta, "{}");
        Send(open, ReplyEventKind.PartEnded);
    }

    public void Usage(JsonElement holder)
    {
        if (holder.ObjectField("usage"u8) is not { } usage) return;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = BedrockUsage.Read(usage, holder.ObjectField("serviceTier"u8)?.TextField("type"u8)) });
    }

    /// <summary>The fields that stand beside what is read.</summary>
    public void ExtrasOf(JsonElement holder)
    {
        foreach (var field in holder.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null || IsKnown(field)) continue;
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Name = field.Name, Json = WireObject.Copy(field.Value) });
        }
    }

    public void Finish(string? word)
    {
        if (IsFinished) return;
        IsFinished = true;
        var stop = BedrockStop.Of(word);
        if (stop == StopReason.ToolCalls && _calledAnswerTool && !_calledTools) stop = StopReason.EndTurn;
        var isOwnWord = stop is StopReason.Other or StopReason.ContentFilter or StopReason.Refusal or StopReason.Pause;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = stop, Name = isOwnWord ? word : null });
    }

    public void End() => sink.On(new ReplyEvent { Kind = ReplyEventKind.Ended });

    public void Fail(LlmError error) => sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });

    void Send(BedrockOpenBlock open, ReplyEventKind kind, string? text = null) =>
        sink.On(new ReplyEvent { Kind = kind, Part = open.Number, PartKind = open.Kind, Text = text });

    // "p" is padding, so that the length of a message does not show that of a token.
    static bool IsKnown(JsonProperty field) =>
        field.NameEquals("output"u8) || field.NameEquals("stopReason"u8) || field.NameEquals("usage"u8) || field.NameEquals("p"u8)
        || field.NameEquals("serviceTier"u8);
}

/// <summary>A block of an answer that has begun.</summary>
sealed class BedrockOpenBlock
{
    /// <summary>Its index on the wire.</summary>
    public required int Index { get; init; }

    /// <summary>Number of the part.</summary>
    public required int Number { get; init; }

    public required ReplyPartKind Kind { get; init; }

    /// <summary>It is a call of a tool on the wire.</summary>
    public bool IsCall { get; init; }

    public bool HasText { get; set; }
}
