using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>POST /v1/messages/count_tokens: how many tokens a conversation has.</summary>
static class AnthropicTokenCount
{
    /// <summary>Reads a request: one for /v1/messages that needs no max_tokens. Null when it cannot be read.</summary>
    public static ChatRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) =>
        AnthropicRequestReader.Read(body, line, problems, isCount: true);

    public static void WriteRequest(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses) =>
        AnthropicRequestWriter.WriteCount(request, target, output, losses);

    /// <summary>Reads an answer. Null when there is no count in it.</summary>
    public static long? ReadReply(ReadOnlyMemory<byte> body)
    {
        using var document = LooseJson.Parse(body);
        return document?.RootElement.LongField("input_tokens"u8);
    }

    public static void WriteReply(long tokens, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, tokens);
        writer.WriteEndObject();
    }
}
