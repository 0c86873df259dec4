using System.Buffers;

namespace Weir.Ai;

/// <summary>Google's generateContent and streamGenerateContent, as AI Studio and Vertex speak them.</summary>
sealed class GeminiDialect : Dialect
{
    public override DialectName Name => DialectName.Gemini;

    public override ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) =>
        GeminiRequestReader.Read(body, line, problems);

    public override void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses) =>
        new GeminiRequestWriter(request, target, losses).Write(output);

    public override void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink) => GeminiReplyReader.ReadWhole(body, sink);

    public override ReplyStreamReader StreamReader(IReplySink sink) => new GeminiStreamReader(sink);

    public override ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output) => new GeminiWholeWriter(shape, output);

    public override ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output) => new GeminiStreamWriter(shape, output);

    public override LlmError ReadError(int status, ReadOnlyMemory<byte> body) => GeminiErrors.Read(status, body);

    public override void WriteError(LlmError error, IBufferWriter<byte> output) => GeminiErrors.Write(error, output);
}
