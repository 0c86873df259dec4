using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a streamed answer as a legacy completion: pieces of text, why it stopped, usage if the client asked for it, and [DONE].</summary>
sealed class OpenAiCompletionsStreamWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly OpenAiReplyHead _head = new("text_completion", "cmpl-", shape);
    readonly Dictionary<int, int> _offsets = [];
    readonly List<Extra> _extras = [];
    readonly List<Extra> _usageExtras = [];
    TokenUsage? _usage;
    bool _isOwn;

    Utf8JsonWriter Json { get; } = new(output, WireText.Options);

    public override void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                _isOwn = reply.Dialect == DialectName.OpenAiCompletions;
                _head.Begin(in reply);
                break;
            case ReplyEventKind.PartStarted: OpenAiCompletionsLosses.Add(shape, in reply); break;
            case ReplyEventKind.Delta when reply.PartKind is ReplyPartKind.Text or ReplyPartKind.Refusal:
                Begin(reply.Choice, reply.Text ?? "");
                Json.WriteNull("logprobs"u8);
                End(null);
                break;
            case ReplyEventKind.Logprobs: WriteLogprobs(in reply); break;
            case ReplyEventKind.Finished:
                Begin(reply.Choice, "");
                Json.WriteNull("logprobs"u8);
                End(OpenAiCompletionsStops.Write(reply.Stop));
                break;
            case ReplyEventKind.Usage: _usage = reply.Usage; break;
            case ReplyEventKind.Extra: KeepExtra(in reply); break;
            case ReplyEventKind.Ended:
                if (shape.ShowsUsage && _usage is not null) WriteUsage(_usage);
                output.Write("data: [DONE]\n\n"u8);
                break;
            case ReplyEventKind.Failed: WriteError(reply.Error!); break;
        }
    }

    public override void Complete()
    {
    }

    void WriteLogprobs(in ReplyEvent reply)
    {
        var offset = _offsets.GetValueOrDefault(reply.Choice);
        Begin(reply.Choice, "");
        Json.WritePropertyName("logprobs"u8);
        CompletionLogprobs.Write(Json, [reply.Json], ref offset);
        End(null);
        _offsets[reply.Choice] = offset;
    }

    void WriteUsage(TokenUsage usage)
    {
        BeginChunk();
        Json.WriteEndArray();
        Json.WritePropertyName("usage"u8);
        OpenAiUsage.Write(Json, usage, _usageExtras);
        Json.WriteEndObject();
        EndEvent();
    }

    void WriteError(LlmError error)
    {
        output.Write("data: "u8);
        Json.WriteStartObject();
        Json.WritePropertyName("error"u8);
        OpenAiErrors.WriteValue(error, Json);
        Json.WriteEndObject();
        EndEvent();
        output.Write("data: [DONE]\n\n"u8);
    }

    void BeginChunk()
    {
        output.Write("data: "u8);
        Json.WriteStartObject();
        _head.Write(Json);
        foreach (var extra in _extras) OpenAiChatExtras.Write(Json, extra);
        _extras.Clear();
        Json.WriteStartArray("choices"u8);
    }

    void Begin(int choice, string text)
    {
        BeginChunk();
        Json.WriteStartObject();
        WireText.Write(Json, "text", text);
        Json.WriteNumber("index"u8, choice);
    }

    void End(string? finishReason)
    {
        Json.WriteString("finish_reason"u8, finishReason);
        Json.WriteEndObject();
        Json.WriteEndArray();
        if (shape.ShowsUsage) Json.WriteNull("usage"u8);
        Json.WriteEndObject();
        EndEvent();
    }

    void EndEvent()
    {
        Json.Flush();
        Json.Reset();
        output.Write("\n\n"u8);
    }

    void KeepExtra(in ReplyEvent reply)
    {
        var (place, extra) = OpenAiChatExtras.Split(in reply);
        if (!_isOwn || place == OpenAiChatExtras.Choice) shape.Losses.Add(extra.Name);
        else if (place == OpenAiChatExtras.Usage) _usageExtras.Put(extra);
        else _extras.Add(extra);
    }
}
