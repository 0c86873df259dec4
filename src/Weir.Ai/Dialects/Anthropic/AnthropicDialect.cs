using System.Buffers;

namespace Weir.Ai;

/// <summary>Anthropic's Messages: POST /v1/messages, as served by Anthropic, by Vertex and by others that speak its wire.</summary>
sealed class AnthropicDialect : Dialect
{
    public override DialectName Name => DialectName.Anthropic;

    public override ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) =>
        AnthropicRequestReader.Read(body, line, problems);

    public override void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses) =>
        AnthropicRequestWriter.Write(request, target, output, losses);

    public override void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink) => AnthropicReplyReader.Read(body, sink);

    public override ReplyStreamReader StreamReader(IReplySink sink) => new AnthropicStreamReader(sink);

    public override ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output) => new AnthropicWholeWriter(shape, output);

    public override ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output) => new AnthropicStreamWriter(shape, output);

    public override LlmError ReadError(int status, ReadOnlyMemory<byte> body) => AnthropicErrors.Read(status, body);

    public override void WriteError(LlmError error, IBufferWriter<byte> output) => AnthropicErrors.Write(error, output);
}
