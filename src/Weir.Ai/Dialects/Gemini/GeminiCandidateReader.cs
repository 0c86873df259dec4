using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads one candidate. In a stream, chunks of text of one kind are one part, until a signature closes it.</summary>
sealed class GeminiCandidateReader(IReplySink sink, int index, bool isStream)
{
    readonly StringBuilder _text = new();
    ReplyPartKind? _open;
    int _part = -1;
    int _lastText = -1;
    bool _hasCalls;
    string? _finish;
    GeminiPartialCall? _call;

    public int Index { get; } = index;

    /// <summary>Says why it stopped.</summary>
    public bool IsComplete => _finish is not null;

    public void Take(JsonElement candidate)
    {
        if (candidate.TryGet("content", out var content) && content.TryGet("parts", out var parts))
        {
            if (parts.ValueKind == JsonValueKind.Object) TakePart(parts);
            else if (parts.ValueKind == JsonValueKind.Array)
                foreach (var part in parts.EnumerateArray()) TakePart(part);
        }
        foreach (var property in candidate.EnumerateObject())
        {
            if (property.NameEquals("content") || property.NameEquals("index") || property.Value.ValueKind == JsonValueKind.Null) continue;
            if (property.Is("finishReason")) _finish = Word(property.Value) ?? _finish;
            else TakeField(property);
        }
    }

    public void End(string? blocked)
    {
        Close();
        var word = _finish ?? blocked ?? "OTHER";
        var stop = _finish is null && blocked is not null ? StopReason.ContentFilter : GeminiReasons.Read(word, _hasCalls);
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Choice = Index, Stop = stop, Name = word == "STOP" ? null : word });
    }

    /// <summary>An older API sends the number of the enum.</summary>
    static string? Word(JsonElement reason)
    {
        if (reason.ValueKind == JsonValueKind.String)
            return WireJson.TextOf(reason) is { Length: > 0 } word && word != "FINISH_REASON_UNSPECIFIED" ? word : null;
        if (reason.ValueKind != JsonValueKind.Number || !reason.TryGetInt32(out var number)) return null;
        return number switch { 0 => null, 1 => "STOP", 2 => "MAX_TOKENS", 3 => "SAFETY", 4 => "RECITATION", _ => "OTHER" };
    }

    void TakeField(JsonProperty property)
    {
        if (property.Is("logprobsResult") && GeminiLogprobs.Read(property.Value) is { IsEmpty: false } tokens)
        {
            var kind = _open ?? ReplyPartKind.Text;
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Logprobs, Choice = Index, Part = Math.Max(_part, 0), PartKind = kind, Json = tokens });
        }
        if (property.Is("groundingMetadata") && _lastText >= 0 && GeminiCitations.Read(property.Value, _text.ToString()) is { IsEmpty: false } citations)
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Annotations, Choice = Index, Part = _lastText, PartKind = ReplyPartKind.Text, Json = citations });
        var name = GeminiExtras.Candidate + property.Name;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Choice = Index, Name = name, Json = WireJson.Copy(property.Value) });
    }

    void TakePart(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object) return;
        var signature = part.Text("thoughtSignature");
        if (part.TryGet("functionCall", out var call) && call.ValueKind == JsonValueKind.Object) TakeCall(part, call, signature);
        else if (part.TryGet("text", out var text) && text.ValueKind == JsonValueKind.String) TakeText(part, WireJson.TextOf(text), signature);
        else if (part.TryGet("inlineData", out var inline) && KindOf(inline) is { } kind) TakeMedia(part, inline, kind, signature);
        else if (signature is not null && part.GetPropertyCount() == 1) TakeText(part, "", signature);
        else TakeOpaque(part);
    }

    void TakeText(JsonElement part, string text, string? signature)
    {
        var kind = part.TryGet("thought", out var thought) && thought.ValueKind == JsonValueKind.True ? ReplyPartKind.Reasoning : ReplyPartKind.Text;
        // A chunk without text says nothing, unless something else stands in it.
        if (isStream && text.Length == 0 && signature is null && !HasSiblings(part)) return;
        if (_open != kind || !isStream) Open(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = kind });
        // Before the text: a writer of streams writes both together.
        TakeSiblings(part);
        if (text.Length > 0) Send(ReplyEventKind.Delta, kind, text);
        if (kind == ReplyPartKind.Text) _text.Append(text);
        if (signature is null) return;
        Send(ReplyEventKind.Signature, kind, signature);
        Close();
    }

    void TakeCall(JsonElement part, JsonElement call, string? signature)
    {
        if (_call is null || call.TryGet("name", out _))
        {
            _hasCalls = true;
            Open(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.ToolCall, Id = call.Text("id"), Name = call.Text("name") ?? "" });
            _call = new GeminiPartialCall();
        }
        if (signature is not null) Send(ReplyEventKind.Signature, ReplyPartKind.ToolCall, signature);
        TakeSiblings(part);
        // Arguments may come in pieces, each with the place it belongs to (Vertex, streamFunctionCallArguments): they are JSON only once complete.
        if (!_call.Take(call)) Close();
    }

    void TakeMedia(JsonElement part, JsonElement inline, ReplyPartKind kind, string? signature)
    {
        Open(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = kind, Name = inline.Text("mimeType") });
        if (inline.Text("data") is { Length: > 0 } bytes) Send(ReplyEventKind.Delta, kind, bytes);
        TakeSiblings(part);
        if (signature is not null) Send(ReplyEventKind.Signature, kind, signature);
        Close();
    }

    void TakeOpaque(JsonElement part)
    {
        var name = "part";
        foreach (var property in part.EnumerateObject())
            if (property.Value.ValueKind == JsonValueKind.Object) name = property.Name;
        Open(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.Opaque, Name = name, Json = WireJson.Copy(part) });
        Close();
    }

    static ReplyPartKind? KindOf(JsonElement inline)
    {
        var type = inline.Text("mimeType") ?? "";
        if (type.StartsWith("image/", StringComparison.Ordinal)) return ReplyPartKind.Image;
        return type.StartsWith("audio/", StringComparison.Ordinal) ? ReplyPartKind.Audio : null;
    }

    static bool HasSiblings(JsonElement part)
    {
        foreach (var property in part.EnumerateObject())
            if (!IsOwn(property)) return true;
        return false;
    }

    static bool IsOwn(JsonProperty property) => property.NameEquals("text") || property.NameEquals("thought") || property.Is("thoughtSignature")
        || property.Is("functionCall") || property.Is("inlineData");

    /// <summary>Fields beside the part's own.</summary>
    void TakeSiblings(JsonElement part)
    {
        foreach (var property in part.EnumerateObject())
        {
            if (IsOwn(property)) continue;
            var (name, value) = (GeminiExtras.Part + property.Name, WireJson.Copy(property.Value));
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Choice = Index, Part = _part, Name = name, Json = value });
        }
    }

    void Open(in ReplyEvent start)
    {
        Close();
        _open = start.PartKind;
        _part++;
        if (_open == ReplyPartKind.Text)
        {
            _lastText = _part;
            _text.Clear();
        }
        sink.On(new ReplyEvent
        {
            Kind = ReplyEventKind.PartStarted,
            Choice = Index,
            Part = _part,
            PartKind = start.PartKind,
            Id = start.Id,
            Name = start.Name,
            Json = start.Json,
        });
    }

    void Send(ReplyEventKind kind, ReplyPartKind partKind, string text) =>
        sink.On(new ReplyEvent { Kind = kind, Choice = Index, Part = _part, PartKind = partKind, Text = text });

    void Close()
    {
        if (_open is not { } kind) return;
        if (_call?.Arguments() is { Length: > 0 } arguments) Send(ReplyEventKind.Delta, ReplyPartKind.ToolCall, arguments);
        (_open, _call) = (null, null);
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Choice = Index, Part = _part, PartKind = kind });
    }
}
