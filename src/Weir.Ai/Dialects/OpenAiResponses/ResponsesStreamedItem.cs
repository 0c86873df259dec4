using System.Text.Json;

namespace Weir.Ai;

/// <summary>One output item as it is streamed.</summary>
sealed class ResponsesStreamedItem(ResponsesParts parts, long index)
{
    readonly List<Piece> _pieces = [];
    string? _type;
    string? _id;
    string? _name;
    string? _callId;
    JsonText _own;
    long _summary;
    bool _isOver;

    /// <summary>output_index.</summary>
    public long Index { get; } = index;

    public void Begin(JsonElement item)
    {
        if (_type is not null) return;
        _type = item.TextOf("type") ?? "";
        (_id, _name, _callId, _own) = (item.TextOf("id"), item.TextOf("name"), item.TextOf("call_id"), ResponsesParts.Own(item));
        if (_type == "function_call") Open(0, ReplyPartKind.ToolCall, null);
        // Thoughts and messages begin with their first piece: only that tells their kind.
        else if (_type is not ("message" or "reasoning")) Open(0, ReplyPartKind.Opaque, WireJson.Copy(item));
    }

    /// <summary>Takes an event of the item. False when it is of a kind that only this dialect knows.</summary>
    public bool Take(JsonElement read, string type)
    {
        var at = (int)Math.Clamp(read.CountOf("content_index"), 0, int.MaxValue);
        switch (type)
        {
            case "response.content_part.added":
                if (read.Field("part") is { } part && KindOf(part.TextOf("type")) is { } kind) Open(at, kind, null, part.TextOf("type"));
                return true;
            case "response.output_text.delta":
                Text(at, ReplyPartKind.Text, read);
                return true;
            case "response.refusal.delta":
                Text(at, ReplyPartKind.Refusal, read);
                return true;
            case "response.function_call_arguments.delta":
                Text(0, ReplyPartKind.ToolCall, read);
                return true;
            case "response.reasoning_summary_part.added" or "response.reasoning_summary_text.delta":
                Summary(read);
                return true;
            case "response.reasoning_text.delta":
                Text(0, ReplyPartKind.Reasoning, read, ResponsesNames.ReasoningText);
                return true;
            case "response.output_text.annotation.added":
                if (read.Field("annotation") is { } annotation) Annotate(at, annotation);
                return true;
            case "response.output_text.done":
                Whole(at, ReplyPartKind.Text, read.TextOf("text"));
                return true;
            case "response.refusal.done":
                Whole(at, ReplyPartKind.Refusal, read.TextOf("refusal"));
                return true;
            case "response.function_call_arguments.done":
                Whole(0, ReplyPartKind.ToolCall, read.TextOf("arguments"));
                return true;
            case "response.content_part.done":
                if (read.Field("part") is { } done) EndContent(at, done);
                return true;
            case "response.reasoning_summary_text.done" or "response.reasoning_summary_part.done" or "response.reasoning_text.done":
                return true;
            default:
                return false;
        }
    }

    public void End(JsonElement item)
    {
        if (_isOver) return;
        _isOver = true;
        if (_type is null)
        {
            parts.Item(item);
            return;
        }
        _own = ResponsesParts.Own(item);
        switch (_type)
        {
            case "message":
                EndMessage(item);
                break;
            case "function_call":
                Whole(0, ReplyPartKind.ToolCall, item.TextOf("arguments"));
                break;
            case "reasoning":
                var isStreamed = _pieces.Count > 0;
                var isWhole = !item.Items("summary").Any() && item.Items("content").Any();
                var piece = Open(0, ReplyPartKind.Reasoning, null, isWhole ? ResponsesNames.ReasoningText : null);
                if (!isStreamed) parts.ReasoningText(piece.Part, item);
                parts.Encrypted(piece.Part, item.TextOf("encrypted_content"));
                break;
            default:
                _own = WireJson.Copy(item);
                break;
        }
        CloseAll();
    }

    /// <summary>The response has ended without ending the item.</summary>
    public void Close()
    {
        if (!_isOver) CloseAll();
        _isOver = true;
    }

    void CloseAll()
    {
        foreach (var piece in _pieces) Close(piece);
    }

    void CloseComplete()
    {
        foreach (var piece in _pieces)
            if (piece.IsComplete) Close(piece);
    }

    void Close(Piece piece)
    {
        if (piece.IsOver) return;
        piece.IsOver = true;
        parts.End(piece.Part, piece.Kind, _own);
    }

    void EndMessage(JsonElement item)
    {
        var at = 0;
        foreach (var content in item.Items("content"))
        {
            EndContent(at, content);
            at++;
        }
        if (_pieces.Count == 0) Open(0, ReplyPartKind.Text, null, ResponsesNames.NoContent);
    }

    void EndContent(int at, JsonElement content)
    {
        if (KindOf(content.TextOf("type")) is not { } kind || kind == ReplyPartKind.Reasoning) return;
        Whole(at, kind, content.TextOf(kind == ReplyPartKind.Refusal ? "refusal" : "text"));
        var piece = Open(at, kind, null);
        if (piece.IsComplete || piece.Kind != kind) return;
        if (!piece.HasLogprobs) parts.About(ReplyEventKind.Logprobs, piece.Part, content.ItemsJson("logprobs"));
        if (!piece.HasAnnotations) parts.About(ReplyEventKind.Annotations, piece.Part, content.ItemsJson("annotations"));
        piece.IsComplete = true;
    }

    void Text(int at, ReplyPartKind kind, JsonElement read, string? name = null)
    {
        var piece = Open(at, kind, null, name);
        if (piece.Kind != kind) return;
        piece.HasText = true;
        parts.Delta(piece.Part, kind, read.TextOf("delta"));
        if (read.ItemsJson("logprobs") is not { IsEmpty: false } logprobs) return;
        piece.HasLogprobs = true;
        parts.About(ReplyEventKind.Logprobs, piece.Part, logprobs);
    }

    /// <summary>The whole of what deltas have said, or would have.</summary>
    void Whole(int at, ReplyPartKind kind, string? text)
    {
        var piece = Open(at, kind, null);
        if (piece.HasText || piece.IsComplete || piece.Kind != kind) return;
        piece.HasText = true;
        parts.Delta(piece.Part, kind, text);
    }

    void Summary(JsonElement read)
    {
        var piece = Open(0, ReplyPartKind.Reasoning, null);
        if (piece.Kind != ReplyPartKind.Reasoning) return;
        var at = read.CountOf("summary_index");
        if (at > _summary) parts.Delta(piece.Part, ReplyPartKind.Reasoning, ResponsesNames.SummaryBreak);
        _summary = Math.Max(at, _summary);
        parts.Delta(piece.Part, ReplyPartKind.Reasoning, read.TextOf("delta"));
    }

    void Annotate(int at, JsonElement annotation)
    {
        var piece = Open(at, ReplyPartKind.Text, null);
        if (piece.Kind != ReplyPartKind.Text) return;
        piece.HasAnnotations = true;
        parts.About(ReplyEventKind.Annotations, piece.Part, WireJson.Build(json =>
        {
            json.WriteStartArray();
            json.WriteJson(annotation);
            json.WriteEndArray();
        }));
    }

    /// <summary>The piece of this place in the content, begun if it is not.</summary>
    Piece Open(int at, ReplyPartKind kind, JsonText? json, string? name = null)
    {
        if (Find(at) is { } known) return known;
        // A complete part waits for what the item says at its end, unless another follows.
        CloseComplete();
        var (id, called) = kind == ReplyPartKind.ToolCall ? (_callId, _name) : (_id, kind == ReplyPartKind.Opaque ? _type : NameOf(kind, name));
        var piece = new Piece { At = at, Kind = kind, Part = parts.Start(kind, id, called, json ?? _own) };
        _pieces.Add(piece);
        return piece;
    }

    static string? NameOf(ReplyPartKind kind, string? name) =>
        name == ResponsesNames.NoContent || (kind == ReplyPartKind.Reasoning && name == ResponsesNames.ReasoningText) ? name : null;

    Piece? Find(int at)
    {
        foreach (var piece in _pieces)
            if (piece.At == at) return piece;
        return null;
    }

    static ReplyPartKind? KindOf(string? type) => type switch
    {
        "output_text" => ReplyPartKind.Text,
        "refusal" => ReplyPartKind.Refusal,
        "reasoning_text" => ReplyPartKind.Reasoning,
        _ => null,
    };

    sealed class Piece
    {
        public required int At { get; init; }

        public required ReplyPartKind Kind { get; init; }

        public required int Part { get; init; }

        public bool HasText { get; set; }

        public bool HasLogprobs { get; set; }

        public bool HasAnnotations { get; set; }

        /// <summary>All of it has come.</summary>
        public bool IsComplete { get; set; }

        /// <summary>Its end was told.</summary>
        public bool IsOver { get; set; }
    }
}
