using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Collects an answer and writes it whole as a legacy completion; the error, if it failed.</summary>
sealed class OpenAiCompletionsWholeWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly OpenAiReplyHead _head = new("text_completion", "cmpl-", shape);
    readonly List<Choice> _choices = [];
    readonly List<Extra> _extras = [];
    readonly List<Extra> _usageExtras = [];
    TokenUsage? _usage;
    LlmError? _error;
    bool _isOwn;

    public override void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                _isOwn = reply.Dialect == DialectName.OpenAiCompletions;
                _head.Begin(in reply);
                break;
            case ReplyEventKind.PartStarted: OpenAiCompletionsLosses.Add(shape, in reply); break;
            case ReplyEventKind.Delta when reply.PartKind is ReplyPartKind.Text or ReplyPartKind.Refusal: Find(reply.Choice).Text.Append(reply.Text); break;
            case ReplyEventKind.Logprobs: Find(reply.Choice).Logprobs.Add(reply.Json); break;
            case ReplyEventKind.Finished: Find(reply.Choice).FinishReason = OpenAiCompletionsStops.Write(reply.Stop); break;
            case ReplyEventKind.Usage: _usage = reply.Usage; break;
            case ReplyEventKind.Extra: KeepExtra(in reply); break;
            case ReplyEventKind.Failed: _error = reply.Error; break;
        }
    }

    public override void Complete()
    {
        if (_error is not null)
        {
            OpenAiErrors.Write(_error, output);
            return;
        }
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        _head.Write(json);
        json.WriteStartArray("choices"u8);
        foreach (var choice in _choices) Write(json, choice);
        json.WriteEndArray();
        if (_usage is not null)
        {
            json.WritePropertyName("usage"u8);
            OpenAiUsage.Write(json, _usage, _usageExtras);
        }
        foreach (var extra in _extras) OpenAiChatExtras.Write(json, extra);
        json.WriteEndObject();
        json.Flush();
    }

    static void Write(Utf8JsonWriter json, Choice choice)
    {
        json.WriteStartObject();
        WireText.Write(json, "text", choice.Text.ToString());
        json.WriteNumber("index"u8, choice.Number);
        json.WritePropertyName("logprobs"u8);
        var offset = 0;
        if (choice.Logprobs.Count == 0) json.WriteNullValue();
        else CompletionLogprobs.Write(json, choice.Logprobs, ref offset);
        json.WriteString("finish_reason"u8, choice.FinishReason);
        foreach (var extra in choice.Extras) OpenAiChatExtras.Write(json, extra);
        json.WriteEndObject();
    }

    void KeepExtra(in ReplyEvent reply)
    {
        var (place, extra) = OpenAiChatExtras.Split(in reply);
        if (!_isOwn) shape.Losses.Add(extra.Name);
        else if (place == OpenAiChatExtras.Usage) _usageExtras.Put(extra);
        else if (place.Length > 0) Find(reply.Choice).Extras.Put(extra);
        else _extras.Put(extra);
    }

    Choice Find(int number)
    {
        foreach (var choice in _choices)
            if (choice.Number == number) return choice;
        var added = new Choice(number);
        _choices.Add(added);
        return added;
    }

    sealed class Choice(int number)
    {
        public int Number { get; } = number;
        public StringBuilder Text { get; } = new();
        public List<JsonText> Logprobs { get; } = [];
        public string FinishReason { get; set; } = "stop";
        public List<Extra> Extras { get; } = [];
    }
}
