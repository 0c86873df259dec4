using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a whole answer of Converse.</summary>
static class BedrockReplyReader
{
    public static void Read(ReadOnlyMemory<byte> body, IReplySink sink)
    {
        using var document = LooseJson.Parse(body);
        var events = new BedrockReplyEvents(sink);
        var content = document?.RootElement.ObjectField("output"u8)?.ObjectField("message"u8)?.ArrayField("content"u8);
        if (content is not { } blocks)
        {
            events.Fail(new LlmError(LlmErrorKind.Provider, 502, "the provider's answer is not one of Converse"));
            return;
        }
        var reply = document!.RootElement;
        events.Start();
        foreach (var block in blocks.EnumerateArray())
            if (block.ValueKind == JsonValueKind.Object) Read(block, events);
        events.ExtrasOf(reply);
        events.Usage(reply);
        events.Finish(reply.TextField("stopReason"u8));
        events.End();
    }

    static void Read(JsonElement block, BedrockReplyEvents events)
    {
        if (block.TextField("text"u8) is { } text) Whole(events, ReplyPartKind.Text, text);
        else if (block.ObjectField("toolUse"u8) is { } use && use.TextField("type"u8) != "server_tool_use") Call(use, events);
        else if (block.ObjectField("reasoningContent"u8) is { } reasoning) Reasoning(reasoning, events);
        else if (block.ObjectField("citationsContent"u8) is { } cited) Cited(cited, events);
        else events.Opaque(NameOf(block), WireObject.Copy(block));
    }

    static void Call(JsonElement use, BedrockReplyEvents events)
    {
        var open = events.OpenCall(-1, use);
        if (use.Field("input"u8) is { } input) events.Piece(open, ReplyEventKind.Delta, input.GetRawText());
        events.Close(open);
    }

    static void Reasoning(JsonElement reasoning, BedrockReplyEvents events)
    {
        var open = events.Open(-1, ReplyPartKind.Reasoning);
        if (reasoning.ObjectField("reasoningText"u8) is { } text)
        {
            events.Piece(open, ReplyEventKind.Delta, text.TextField("text"u8));
            events.Piece(open, ReplyEventKind.Signature, text.TextField("signature"u8));
        }
        events.Piece(open, ReplyEventKind.Encrypted, reasoning.TextField("redactedContent"u8));
        events.Close(open);
    }

    static void Cited(JsonElement cited, BedrockReplyEvents events)
    {
        var open = events.Open(-1, ReplyPartKind.Text);
        if (cited.ArrayField("content"u8) is { } content)
            foreach (var item in content.EnumerateArray()) events.Piece(open, ReplyEventKind.Delta, item.TextField("text"u8));
        if (cited.ArrayField("citations"u8) is { } citations) events.Annotate(open, WireObject.Copy(citations));
        events.Close(open);
    }

    static void Whole(BedrockReplyEvents events, ReplyPartKind kind, string text)
    {
        var open = events.Open(-1, kind);
        events.Piece(open, ReplyEventKind.Delta, text);
        events.Close(open);
    }

    static string NameOf(JsonElement block)
    {
        foreach (var field in block.EnumerateObject()) return field.Name;
        return "";
    }
}
