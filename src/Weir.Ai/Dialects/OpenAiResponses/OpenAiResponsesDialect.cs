using System.Buffers;

namespace Weir.Ai;

/// <summary>OpenAI's /v1/responses, as OpenAI, Azure, xAI and servers of open models speak it.</summary>
sealed class OpenAiResponsesDialect : Dialect
{
    public override DialectName Name => DialectName.OpenAiResponses;

    public override ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) =>
        ResponsesRequestReader.Read(body, line, problems);

    public override void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses) =>
        new ResponsesRequestWriter(request, target, losses).Write(output);

    public override void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink) => new ResponsesReplyReader(sink).Read(body);

    public override ReplyStreamReader StreamReader(IReplySink sink) => new ResponsesStreamReader(sink);

    public override ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output) => new ResponsesWholeWriter(shape, output);

    public override ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output) => new ResponsesStreamWriter(shape, output);

    public override LlmError ReadError(int status, ReadOnlyMemory<byte> body) => ResponsesErrors.Read(status, body);

    public override void WriteError(LlmError error, IBufferWriter<byte> output) => ResponsesErrors.Write(error, output);
}
