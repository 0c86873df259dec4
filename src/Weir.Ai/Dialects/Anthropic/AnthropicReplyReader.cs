using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a whole message.</summary>
static class AnthropicReplyReader
{
    public static void Read(ReadOnlyMemory<byte> body, IReplySink sink)
    {
        using var document = LooseJson.Parse(body);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } message || message.ArrayField("content"u8) is not { } content)
        {
            var error = document?.RootElement.ObjectField("error"u8) is { } reported
                ? AnthropicErrors.Read(null, reported)
                : new LlmError(LlmErrorKind.Provider, 502, "the provider's answer is not a message");
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });
            return;
        }
        var usage = new AnthropicUsage();
        if (message.ObjectField("usage"u8) is { } used) usage.Read(used);
        var events = new AnthropicReplyEvents(sink, usage);
        events.Start(message);
        foreach (var block in content.EnumerateArray())
        {
            if (block.ValueKind != JsonValueKind.Object) continue;
            var open = events.Open(-1, block);
            events.Close(open);
        }
        events.ExtrasOf(message);
        events.Finish(message);
        events.End();
    }
}
