using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Collects an answer and writes it whole; the error, if it failed.</summary>
sealed class OpenAiChatWholeWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly OpenAiReplyHead _head = new("chat.completion", "chatcmpl-", shape);
    readonly List<OpenAiChatWrittenChoice> _choices = [];
    readonly List<Extra> _extras = [];
    readonly List<Extra> _usageExtras = [];
    TokenUsage? _usage;
    LlmError? _error;
    DialectName? _from;

    bool IsOwn => _from == DialectName.OpenAiChat;

    public override void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                _from = reply.Dialect;
                _head.Begin(in reply);
                break;
            case ReplyEventKind.Usage: _usage = reply.Usage; break;
            case ReplyEventKind.Extra: KeepExtra(in reply); break;
            case ReplyEventKind.Failed: _error = reply.Error; break;
            case ReplyEventKind.Ended: break;
            default: Find(reply.Choice).On(in reply); break;
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
        foreach (var choice in _choices) choice.Write(json);
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

    void KeepExtra(in ReplyEvent reply)
    {
        var (place, extra) = OpenAiChatExtras.Split(in reply);
        if (!IsOwn) shape.Losses.Add(extra.Name);
        else if (place == OpenAiChatExtras.Usage) _usageExtras.Put(extra);
        else if (place.Length > 0) Find(reply.Choice).Keep(place, extra);
        else _extras.Put(extra);
    }

    OpenAiChatWrittenChoice Find(int number)
    {
        foreach (var choice in _choices)
            if (choice.Number == number) return choice;
        var added = new OpenAiChatWrittenChoice(number, shape, _from);
        _choices.Add(added);
        return added;
    }
}
