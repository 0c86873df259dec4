using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a whole answer.</summary>
sealed class CohereReplyReader(IReplySink sink)
{
    readonly List<int> _texts = [];
    int _count;

    public void Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = WireJson.Parse(body);
            var root = document.RootElement;
            if (root.Field("message") is { ValueKind: JsonValueKind.Object } message) Take(root, message);
            else if (root.TextOf("message") is { } text) Fail(CohereErrors.Of(502, text));
            else Fail(new LlmError(LlmErrorKind.Provider, 502, "The provider's answer has no message."));
        }
        catch (Exception e) when (WireJson.IsBroken(e))
        {
            Fail(new LlmError(LlmErrorKind.Provider, 502, "The provider's answer is not valid JSON."));
        }
    }

    void Take(JsonElement root, JsonElement message)
    {
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Started, Dialect = DialectName.Cohere, Id = root.TextOf("id"), Name = root.TextOf("model") });
        if (message.TextOf("tool_plan") is { Length: > 0 } plan) Whole(ReplyPartKind.Text, plan, null, CohereNames.ToolPlan);
        List<int> contents = [];
        foreach (var content in message.Items("content"))
        {
            contents.Add(_count);
            if (content.TextOf("type") == "thinking") Whole(ReplyPartKind.Reasoning, content.TextOf("thinking") ?? "");
            else if (content.TextOf("type") is "text" or null) Open(ReplyPartKind.Text, content.TextOf("text") ?? "");
            else Opaque(content);
        }
        Cite(message, contents);
        foreach (var call in message.Items("tool_calls"))
            if (call.Field("function") is { } function)
                Whole(ReplyPartKind.ToolCall, function.TextOf("arguments") ?? "", call.TextOf("id"), function.TextOf("name") ?? "");
        TakeRest(root);
        var word = root.TextOf("finish_reason");
        if (CohereReasons.Failure(word) is { } error)
        {
            Fail(error);
            return;
        }
        var stop = CohereReasons.Read(word);
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = stop, Name = stop == StopReason.Other ? word : null });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
    }

    /// <summary>Citations stand beside the content, each with the number of the part that it is of; the texts end when they are told.</summary>
    void Cite(JsonElement message, List<int> contents)
    {
        foreach (var part in _texts)
        {
            foreach (var citation in message.Items("citations"))
            {
                var at = (int)Math.Clamp(citation.CountOf("content_index"), 0, int.MaxValue);
                var owner = at < contents.Count && _texts.Contains(contents[at]) ? contents[at] : _texts[0];
                if (owner == part) sink.On(CohereCitations.Event(part, citation));
            }
            sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = part, PartKind = ReplyPartKind.Text });
        }
    }

    void TakeRest(JsonElement root)
    {
        if (root.Field("usage") is { ValueKind: JsonValueKind.Object } usage)
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = CohereUsage.Read(usage), Json = WireJson.Copy(usage) });
        foreach (var field in root.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null || field.Name is "id" or "message" or "finish_reason" or "usage" or "model") continue;
            if (field.NameEquals(CohereNames.Logprobs) && CohereLogprobs.Read(field.Value) is { IsEmpty: false } logprobs)
                About(_texts.Count > 0 ? _texts[0] : 0, logprobs);
            Extra(field.Name, field.Value);
        }
    }

    void About(int part, JsonText logprobs) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Logprobs, Part = part, PartKind = ReplyPartKind.Text, Json = logprobs });

    void Open(ReplyPartKind kind, string text, string? id = null, string? name = null)
    {
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = _count, PartKind = kind, Id = id, Name = name });
        if (text.Length > 0) sink.On(new ReplyEvent { Kind = ReplyEventKind.Delta, Part = _count, PartKind = kind, Text = text });
        if (kind == ReplyPartKind.Text && name is null) _texts.Add(_count);
        _count++;
    }

    void Whole(ReplyPartKind kind, string text, string? id = null, string? name = null)
    {
        Open(kind, text, id, name);
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = _count - 1, PartKind = kind });
    }

    void Opaque(JsonElement content)
    {
        var whole = WireJson.Copy(content);
        var type = content.TextOf("type");
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = _count, PartKind = ReplyPartKind.Opaque, Name = type, Json = whole });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = _count, PartKind = ReplyPartKind.Opaque });
        _count++;
    }

    void Extra(string name, JsonElement value) => sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Name = name, Json = WireJson.Copy(value) });

    void Fail(LlmError error) => sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });
}
