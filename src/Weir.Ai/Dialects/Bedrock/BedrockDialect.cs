using System.Buffers;

namespace Weir.Ai;

/// <summary>Amazon Bedrock's Converse: POST /model/{modelId}/converse, and /converse-stream with a binary stream of events.</summary>
sealed class BedrockDialect : Dialect
{
    public override DialectName Name => DialectName.Bedrock;

    public override string StreamContentType => "application/vnd.amazon.eventstream";

    public override ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) =>
        BedrockRequestReader.Read(body, line, problems);

    public override void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses) =>
        BedrockRequestWriter.Write(request, target, output, losses);

    public override void ReadReply(ReadOnlyMemory<byte> body, IReplySink sink) => BedrockReplyReader.Read(body, sink);

    public override ReplyStreamReader StreamReader(IReplySink sink) => new BedrockStreamReader(sink);

    public override ReplyWriter WholeWriter(ReplyShape shape, IBufferWriter<byte> output) => new BedrockWholeWriter(shape, output);

    public override ReplyWriter StreamWriter(ReplyShape shape, IBufferWriter<byte> output) => new BedrockStreamWriter(shape, output);

    public override LlmError ReadError(int status, ReadOnlyMemory<byte> body) => BedrockErrors.Read(status, body);

    public override void WriteError(LlmError error, IBufferWriter<byte> output) => BedrockErrors.Write(error, output);
}
