using System.Text.Json;

namespace Weir.Ai;

/// <summary>Gives output items as events, whole ones at once and streamed ones piece by piece.</summary>
sealed class ResponsesParts(IReplySink sink)
{
    int _count;

    /// <summary>The model called a function or a custom tool of the caller's.</summary>
    public bool HasCalls { get; private set; }

    /// <summary>The model refused, in a part of its own.</summary>
    public bool HasRefused { get; private set; }

    public void Send(in ReplyEvent reply) => sink.On(reply);

    public int Start(ReplyPartKind kind, string? id, string? name, JsonText own)
    {
        HasRefused |= kind == ReplyPartKind.Refusal;
        HasCalls |= kind == ReplyPartKind.ToolCall || (kind == ReplyPartKind.Opaque && name == "custom_tool_call");
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = _count, PartKind = kind, Id = id, Name = name, Json = own });
        return _count++;
    }

    public void Delta(int part, ReplyPartKind kind, string? text)
    {
        if (text is { Length: > 0 }) sink.On(new ReplyEvent { Kind = ReplyEventKind.Delta, Part = part, PartKind = kind, Text = text });
    }

    public void Encrypted(int part, string? text)
    {
        if (text is not null) sink.On(new ReplyEvent { Kind = ReplyEventKind.Encrypted, Part = part, PartKind = ReplyPartKind.Reasoning, Text = text });
    }

    /// <summary>Annotations or log probabilities of a text; nothing where there are none.</summary>
    public void About(ReplyEventKind kind, int part, JsonText json)
    {
        if (!json.IsEmpty) sink.On(new ReplyEvent { Kind = kind, Part = part, PartKind = ReplyPartKind.Text, Json = json });
    }

    public void End(int part, ReplyPartKind kind, JsonText own = default) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = part, PartKind = kind, Json = own });

    /// <summary>A complete item.</summary>
    public void Item(JsonElement item)
    {
        var id = item.TextOf("id");
        switch (item.TextOf("type"))
        {
            case "message" when item.TextOf("role") is null or "assistant":
                Message(item, id);
                break;
            case "function_call":
                var own = Own(item);
                var call = Start(ReplyPartKind.ToolCall, item.TextOf("call_id"), item.TextOf("name"), own);
                Delta(call, ReplyPartKind.ToolCall, item.TextOf("arguments"));
                End(call, ReplyPartKind.ToolCall, own);
                break;
            case "reasoning":
                Reasoning(item, id);
                break;
            case var type:
                Opaque(item, id, type);
                break;
        }
    }

    void Message(JsonElement item, string? id)
    {
        var own = Own(item);
        var hasParts = false;
        foreach (var content in item.Items("content"))
        {
            hasParts = true;
            var kind = content.TextOf("type") == "refusal" ? ReplyPartKind.Refusal : ReplyPartKind.Text;
            var part = Start(kind, id, null, own);
            Delta(part, kind, content.TextOf(kind == ReplyPartKind.Refusal ? "refusal" : "text"));
            About(ReplyEventKind.Logprobs, part, content.ItemsJson("logprobs"));
            About(ReplyEventKind.Annotations, part, content.ItemsJson("annotations"));
            End(part, kind, own);
        }
        if (!hasParts) End(Start(ReplyPartKind.Text, id, ResponsesNames.NoContent, own), ReplyPartKind.Text, own);
    }

    void Reasoning(JsonElement item, string? id)
    {
        var own = Own(item);
        var isSummary = item.Items("summary").Any();
        var part = Start(ReplyPartKind.Reasoning, id, isSummary ? null : TextName(item), own);
        ReasoningText(part, item);
        Encrypted(part, item.TextOf("encrypted_content"));
        End(part, ReplyPartKind.Reasoning, own);
    }

    static string? TextName(JsonElement item) => item.Items("content").Any() ? ResponsesNames.ReasoningText : null;

    public void ReasoningText(int part, JsonElement item)
    {
        var field = item.Items("summary").Any() ? "summary" : "content";
        var isFirst = true;
        foreach (var one in item.Items(field))
        {
            if (!isFirst) Delta(part, ReplyPartKind.Reasoning, ResponsesNames.SummaryBreak);
            isFirst = false;
            Delta(part, ReplyPartKind.Reasoning, one.TextOf("text"));
        }
    }

    void Opaque(JsonElement item, string? id, string? type)
    {
        var whole = WireJson.Copy(item);
        End(Start(ReplyPartKind.Opaque, id, type ?? "item", whole), ReplyPartKind.Opaque, whole);
    }

    /// <summary>The fields of an item that have no place in events: its status, its id where the part has another, and whatever is new.</summary>
    public static JsonText Own(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) return default;
        var hasBoth = item.Items("summary").Any() && item.Items("content").Any();
        return WireJson.Build(json =>
        {
            json.WriteStartObject();
            foreach (var field in item.EnumerateObject())
            {
                if (field.Name is "type" or "role" or "summary" or "arguments" or "call_id" or "name" or "encrypted_content"
                    || (field.Name == "content" && !hasBoth)) continue;
                json.WritePropertyName(field.Name);
                json.WriteJson(field.Value);
            }
            json.WriteEndObject();
        });
    }
}
