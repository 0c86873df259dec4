using System.Buffers;

namespace Weir.Ai;

/// <summary>Cohere's /v2/chat.</summary>
sealed class CohereDialect : Dialect
{
    public override DialectName Name => DialectName.Cohere;

    public override ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) =>
        CohereRequestReader.Read(body, line, problems);

    public override void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses) =>
        new CohereRequestWriter(request, target, losses).Write(output);

    public override void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink) => new CohereReplyReader(sink).Read(body);

    public override ReplyStreamReader StreamReader(IReplySink sink) => new CohereStreamReader(sink);

    public override ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output) => new CohereWholeWriter(shape, output);

    public override ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output) => new CohereStreamWriter(shape, output);

    public override LlmError ReadError(int status, ReadOnlyMemory<byte> body) => CohereErrors.Read(status, body);

    public override void WriteError(LlmError error, IBufferWriter<byte> output) => CohereErrors.Write(error, null, output);
}
