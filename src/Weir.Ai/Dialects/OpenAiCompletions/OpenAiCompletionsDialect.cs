using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>OpenAI's legacy Completions: a prompt is one user's message, an answer one text.</summary>
sealed class OpenAiCompletionsDialect : Dialect
{
    public override DialectName Name => DialectName.OpenAiCompletions;

    public override ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        var root = WireObject.Parse(body, problems, out var document);
        using (document) return root is null ? null : OpenAiCompletionsRequestReader.Read(root, line, problems);
    }

    public override void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        new OpenAiCompletionsRequestWriter(request, target, json, losses).Write();
    }

    public override void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink) => Reader(sink).ReadWhole(body.Span);

    public override ReplyStreamReader StreamReader(IReplySink sink) => new OpenAiChatStreamReader(Reader(sink));

    public override ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output) => new OpenAiCompletionsWholeWriter(shape, output);

    public override ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output) => new OpenAiCompletionsStreamWriter(shape, output);

    public override LlmError ReadError(int status, ReadOnlyMemory<byte> body) => OpenAiErrors.Read(status, body);

    public override void WriteError(LlmError error, IBufferWriter<byte> output) => OpenAiErrors.Write(error, output);

    static OpenAiChatReplyReader Reader(IReplySink sink) => new(sink, DialectName.OpenAiCompletions);
}
