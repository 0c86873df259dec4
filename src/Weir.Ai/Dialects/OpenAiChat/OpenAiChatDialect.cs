using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>OpenAI Chat Completions, and what the many providers that are compatible with it add or do otherwise.</summary>
sealed class OpenAiChatDialect : Dialect
{
    public override DialectName Name => DialectName.OpenAiChat;

    public override ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        var root = WireObject.Parse(body, problems, out var document);
        using (document) return root is null ? null : OpenAiChatRequestReader.Read(root, line, problems);
    }

    public override void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        new OpenAiChatRequestWriter(request, target, json, losses).Write();
    }

    public override void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink) => new OpenAiChatReplyReader(sink).ReadWhole(body.Span);

    public override ReplyStreamReader StreamReader(IReplySink sink) => new OpenAiChatStreamReader(new OpenAiChatReplyReader(sink));

    public override ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output) => new OpenAiChatWholeWriter(shape, output);

    public override ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output) => new OpenAiChatStreamWriter(shape, output);

    public override LlmError ReadError(int status, ReadOnlyMemory<byte> body) => OpenAiErrors.Read(status, body);

    public override void WriteError(LlmError error, IBufferWriter<byte> output) => OpenAiErrors.Write(error, output);
}
