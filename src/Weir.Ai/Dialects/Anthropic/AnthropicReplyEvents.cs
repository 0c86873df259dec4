using System.Text.Json;

namespace Weir.Ai;

/// <summary>Turns the pieces of a message, which are the same in a whole one and in a stream, into events.</summary>
sealed class AnthropicReplyEvents(IReplySink sink, AnthropicUsage usage)
{
    int _parts;
    bool _calledTools;
    bool _calledAnswerTool;

    public bool IsStarted { get; private set; }

    public bool IsFinished { get; private set; }

    public void Start(JsonElement message)
    {
        IsStarted = true;
        var used = usage.ToUsage();
        sink.On(new ReplyEvent
        {
            Kind = ReplyEventKind.Started,
            Id = message.TextField("id"u8),
            Name = message.TextField("model"u8),
            Usage = used,
            Dialect = DialectName.Anthropic,
        });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = used });
    }

    /// <summary>Begins a block with what its start says already.</summary>
    public AnthropicOpenBlock Open(int index, JsonElement block)
    {
        var type = block.TextField("type"u8) ?? "";
        var open = new AnthropicOpenBlock { Index = index, Number = _parts++, Kind = KindOf(type, block) };
        switch (open.Kind)
        {
            case ReplyPartKind.Text when type == "tool_use":
                _calledAnswerTool = true;
                open.Input = InputOf(block);
                Begin(open);
                break;
            case ReplyPartKind.Text:
                Begin(open);
                if (block.ArrayField("citations"u8) is { } citations && citations.GetArrayLength() > 0) Annotate(open, WireObject.Copy(citations));
                Delta(open, block.TextField("text"u8));
                break;
            case ReplyPartKind.Reasoning:
                Begin(open);
                Delta(open, block.TextField("thinking"u8));
                Signature(open, block.TextField("signature"u8));
                if (block.TextField("data"u8) is { } data) Piece(open, ReplyEventKind.Encrypted, data);
                break;
            case ReplyPartKind.ToolCall:
                _calledTools = true;
                open.Input = InputOf(block);
                Begin(open, block.TextField("id"u8) ?? "", block.TextField("name"u8) ?? "", RestOfCall(block));
                break;
            default:
                open.Opaque = new AnthropicOpaqueBlock(block);
                break;
        }
        return open;
    }

    public void Delta(AnthropicOpenBlock open, string? text)
    {
        if (string.IsNullOrEmpty(text)) return;
        open.HasText = true;
        Piece(open, ReplyEventKind.Delta, text);
    }

    public void Signature(AnthropicOpenBlock open, string? text)
    {
        if (!string.IsNullOrEmpty(text)) Piece(open, ReplyEventKind.Signature, text);
    }

    public void Annotate(AnthropicOpenBlock open, JsonText array) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Annotations, Part = open.Number, PartKind = open.Kind, Json = array });

    public void Close(AnthropicOpenBlock open)
    {
        // The arguments of a call came with its start, or there are none: either way they are an object.
        if (open.Input is { } input && !open.HasText) Delta(open, input);
        if (open.Opaque is { } opaque)
        {
            sink.On(new ReplyEvent
            {
                Kind = ReplyEventKind.PartStarted,
                Part = open.Number,
                PartKind = open.Kind,
                Name = opaque.Type,
                Json = opaque.ToJson(),
            });
        }
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = open.Number, PartKind = open.Kind });
    }

    /// <summary>The fields that stand beside the content: of a whole message, of a message_delta event or of its delta.</summary>
    public void ExtrasOf(JsonElement holder)
    {
        if (IsFinished) return;
        foreach (var field in holder.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Null && !IsKnown(field))
                sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Name = field.Name, Json = WireObject.Copy(field.Value) });
        }
    }

    /// <summary>The end of the content: usage and stop reason of a whole message or of a delta.</summary>
    public void Finish(JsonElement holder)
    {
        if (IsFinished) return;
        IsFinished = true;
        if (usage.Rest.Count > 0) sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Name = "usage", Json = ExtraFields.ObjectOf(usage.Rest) });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = usage.ToUsage() });
        var word = holder.TextField("stop_reason"u8);
        var stop = AnthropicStop.Of(word);
        if (stop == StopReason.ToolCalls && _calledAnswerTool && !_calledTools) stop = StopReason.EndTurn;
        sink.On(new ReplyEvent
        {
            Kind = ReplyEventKind.Finished,
            Stop = stop,
            Name = stop == StopReason.Other ? word : null,
            Text = holder.TextField("stop_sequence"u8),
        });
    }

    public void End() => sink.On(new ReplyEvent { Kind = ReplyEventKind.Ended });

    public void Fail(LlmError error) => sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });

    static ReplyPartKind KindOf(string type, JsonElement block) => type switch
    {
        "text" => ReplyPartKind.Text,
        "thinking" or "redacted_thinking" => ReplyPartKind.Reasoning,
        "tool_use" => block.TextField("name"u8) == AnswerTool.Name ? ReplyPartKind.Text : ReplyPartKind.ToolCall,
        _ => ReplyPartKind.Opaque,
    };

    void Begin(AnthropicOpenBlock open, string? id = null, string? name = null, JsonText rest = default) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = open.Number, PartKind = open.Kind, Id = id, Name = name, Json = rest });

    void Piece(AnthropicOpenBlock open, ReplyEventKind kind, string text) =>
        sink.On(new ReplyEvent { Kind = kind, Part = open.Number, PartKind = open.Kind, Text = text });

    static string InputOf(JsonElement block) => block.Field("input"u8) is { } input ? input.GetRawText() : "{}";

    static JsonText RestOfCall(JsonElement block)
    {
        List<Extra>? rest = null;
        foreach (var field in block.EnumerateObject())
        {
            if (field.NameEquals("type"u8) || field.NameEquals("id"u8) || field.NameEquals("name"u8) || field.NameEquals("input"u8)) continue;
            (rest ??= []).Add(new Extra(field.Name, WireObject.Copy(field.Value)));
        }
        return rest is null ? default : ExtraFields.ObjectOf(rest);
    }

    static bool IsKnown(JsonProperty field) =>
        field.NameEquals("type"u8) || field.NameEquals("id"u8) || field.NameEquals("role"u8) || field.NameEquals("model"u8)
        || field.NameEquals("content"u8) || field.NameEquals("usage"u8) || field.NameEquals("stop_reason"u8) || field.NameEquals("stop_sequence"u8)
        || field.NameEquals("delta"u8);
}

/// <summary>A block of an answer that has begun.</summary>
sealed class AnthropicOpenBlock
{
    /// <summary>Its index on the wire.</summary>
    public required int Index { get; init; }

    /// <summary>Number of the part.</summary>
    public required int Number { get; init; }

    public required ReplyPartKind Kind { get; init; }

    /// <summary>Arguments of a call as its start has them; null where it is no call.</summary>
    public string? Input { get; set; }

    /// <summary>Some text of it came.</summary>
    public bool HasText { get; set; }

    /// <summary>A block of another kind, gathered until it is whole.</summary>
    public AnthropicOpaqueBlock? Opaque { get; set; }
}
