using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>A conversation whose tokens are to be counted.</summary>
sealed class CountRequest : SurfaceRequest
{
    public required ChatRequest Chat { get; init; }

    /// <summary>A count is no use of the model.</summary>
    public override TokenUsage Estimate(string model) => new();
}

/// <summary>The tokens of a conversation.</summary>
sealed class CountReply : SurfaceReply
{
    public required long Tokens { get; init; }
}

/// <summary>The wires of counts.</summary>
static class CountWires
{
    public static readonly AnthropicCountWire Anthropic = new();
    public static readonly GeminiCountWire Gemini = new(isVertex: false);
    public static readonly GeminiCountWire Vertex = new(isVertex: true);

    /// <summary>The wire that clients of a dialect speak; null for none.</summary>
    public static SurfaceWire<CountRequest, CountReply>? Of(DialectName dialect) => dialect switch
    {
        DialectName.Anthropic => Anthropic,
        DialectName.Gemini => Gemini,
        _ => null,
    };
}

/// <summary>POST /v1/messages/count_tokens.</summary>
sealed class AnthropicCountWire : SurfaceWire<CountRequest, CountReply>
{
    public override CountRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems) =>
        AnthropicTokenCount.ReadRequest(body, line with { Model = line.Model ?? LlmCall.Unnamed }, problems) is { } chat
            ? new CountRequest { Dialect = DialectName.Anthropic, Chat = chat }
            : null;

    public override void WriteRequest(CountRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems) =>
        AnthropicTokenCount.WriteRequest(request.Chat, new ModelTarget { Model = target.Model }, output, losses);

    public override CountReply? ReadReply(ReadOnlyMemory<byte> body) =>
        AnthropicTokenCount.ReadReply(body) is { } tokens ? new CountReply { Tokens = tokens, Usage = new() } : null;

    public override void WriteReply(CountReply reply, CountRequest request, IBufferWriter<byte> output, Losses losses) =>
        AnthropicTokenCount.WriteReply(reply.Tokens, output);
}

/// <summary>countTokens of Gemini and of Vertex AI, which takes the conversation without an object around it.</summary>
sealed class GeminiCountWire(bool isVertex) : SurfaceWire<CountRequest, CountReply>
{
    public override CountRequest? ReadRequest(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        if (WireObject.Parse(body, problems, out var document) is not { } read) return null;
        using (document)
        {
            var inner = read.Object("generateContentRequest") ?? read.Object("generate_content_request");
            var json = inner is null ? body : inner.Whole().Utf8;
            return DialectCatalog.Of(DialectName.Gemini).ReadRequest(json, line with { IsStream = false }, problems) is { } chat
                ? new CountRequest { Dialect = DialectName.Gemini, Chat = chat }
                : null;
        }
    }

    public override void WriteRequest(CountRequest request, in SurfaceTarget target, IBufferWriter<byte> output, Losses losses, Problems problems)
    {
        var chat = new ArrayBufferWriter<byte>();
        DialectCatalog.Of(DialectName.Gemini).WriteRequest(request.Chat, new ModelTarget { Model = target.Model }, chat, losses);
        if (isVertex)
        {
            output.Write(chat.WrittenSpan);
            return;
        }
        var edits = new BodyEdits();
        edits.Insert(0, "model", WireJson.Quoted("models/" + target.Model).Utf8);
        output.Write("{\"generateContentRequest\":"u8);
        edits.Write(chat.WrittenSpan, output);
        output.Write("}"u8);
    }

    public override CountReply? ReadReply(ReadOnlyMemory<byte> body)
    {
        using var document = LooseJson.Parse(body);
        return document?.RootElement.LongField("totalTokens"u8) is { } tokens ? new CountReply { Tokens = tokens, Usage = new() } : null;
    }

    public override void WriteReply(CountReply reply, CountRequest request, IBufferWriter<byte> output, Losses losses)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        json.WriteNumber("totalTokens"u8, reply.Tokens);
        json.WriteEndObject();
    }
}
