using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads one choice, chunk by chunk, and keeps the order of its parts: thoughts, text and refusal one after the other, then the calls.</summary>
sealed class OpenAiChatChoice
{
    readonly IReplySink _sink;
    readonly ReplyExtras _extras;
    readonly ReplyExtras _messageExtras;
    readonly PartSequence _parts;
    readonly OpenAiChatCalls _calls;
    readonly OpenAiChatAudio _audio;
    string? _finishReason;
    string? _stopSequence;
    bool _hasRefused;

    /// <summary>Thoughts come as text of their own: what the details hold of them is the same again.</summary>
    bool _hasPlainThoughts;

    public OpenAiChatChoice(int number, IReplySink sink)
    {
        Number = number;
        _sink = sink;
        _extras = new ReplyExtras(sink, "choices.", number);
        _messageExtras = new ReplyExtras(sink, "choices.message.", number);
        _parts = new PartSequence(number, sink);
        _calls = new OpenAiChatCalls(_parts);
        var audioExtras = new ReplyExtras(sink, "choices.message.audio.", number);
        _audio = new OpenAiChatAudio(_parts, audioExtras);
        audioExtras.Open();
        _extras.Open();
        _messageExtras.Open();
    }

    public int Number { get; }

    /// <summary>It has said why it stopped; what follows may still belong to it.</summary>
    public bool IsFinished => _finishReason is not null;

    /// <summary>Takes a piece of text by its length alone; false when it would not just go on with the text that is open.</summary>
    public bool TryCount(int chars)
    {
        if (IsFinished || !_parts.IsInText) return false;
        _parts.Count(chars);
        return true;
    }

    public void Read(ref ChoiceFields wire, ReadOnlySpan<byte> json)
    {
        // Perplexity sends both with every chunk: the piece, and the message so far.
        if (wire.Delta.TokenType == JsonTokenType.StartObject) ReadMessage(ref wire.Delta, json);
        else if (wire.Message.TokenType == JsonTokenType.StartObject) ReadMessage(ref wire.Message, json);
        if (WireText.Read(ref wire.Text) is { Length: > 0 } completion) _parts.Add(ReplyPartKind.Text, completion);
        if (wire.Logprobs.TokenType == JsonTokenType.StartObject)
        {
            if (CompletionLogprobs.Read(wire.Logprobs) is { IsEmpty: false } tokens) _parts.Send(ReplyEventKind.Logprobs, ReplyPartKind.Text, tokens);
            ReadLogprobs(Wire.Find(wire.Logprobs, "content"u8), ReplyPartKind.Text, json);
            ReadLogprobs(Wire.Find(wire.Logprobs, "refusal"u8), ReplyPartKind.Refusal, json);
        }
        while (wire.Unknown.TokenType == JsonTokenType.PropertyName)
        {
            if (ChoiceFields.IsKnown(ref wire.Unknown)) Wire.Take(ref wire.Unknown);
            else _extras.Keep(ref wire.Unknown, json);
            wire.Unknown.Read();
        }

        // vLLM names the stop sequence so.
        if (wire.StopReason.TokenType == JsonTokenType.String) _stopSequence = WireText.Read(ref wire.StopReason);
        if (wire.FinishReason.TokenType == JsonTokenType.String) _finishReason = WireText.Read(ref wire.FinishReason);
    }

    /// <summary>Ends what is open, and says why the choice stopped.</summary>
    public void Finish()
    {
        _parts.Close();
        _calls.Close();
        _audio.Close();
        var stop = OpenAiChatStops.Read(_finishReason);

        // Many providers say "stop" after calls; OpenAI itself does when a tool was forced.
        if (stop == StopReason.EndTurn && _calls.HasCalls) stop = StopReason.ToolCalls;
        else if (stop == StopReason.ToolCalls && _calls is { HasAnswer: true, HasCalls: false }) stop = StopReason.EndTurn;
        else if (stop == StopReason.EndTurn && _hasRefused) stop = StopReason.Refusal;
        else if (stop == StopReason.EndTurn && _stopSequence is not null) stop = StopReason.StopSequence;
        _sink.On(new ReplyEvent
        {
            Kind = ReplyEventKind.Finished,
            Choice = Number,
            Stop = stop,
            Name = stop == StopReason.Other ? _finishReason : null,
            Text = stop == StopReason.StopSequence ? _stopSequence : null,
        });
    }

    void ReadMessage(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var wire = MessageFields.Read(ref reader);
        ReadReasoning(ref wire);
        ReadContent(ref wire.Content, json);
        if (WireText.Read(ref wire.Refusal) is { Length: > 0 } refusal)
        {
            _hasRefused = true;
            _parts.Add(ReplyPartKind.Refusal, refusal);
        }
        if (wire.Audio.TokenType == JsonTokenType.StartObject) _audio.Read(ref wire.Audio, json);
        if (wire.Images.TokenType == JsonTokenType.StartArray) OpenAiChatImages.Read(ref wire.Images, _parts);
        if (wire.Annotations.TokenType == JsonTokenType.StartArray && !Wire.IsEmptyArray(wire.Annotations))
            _parts.Send(ReplyEventKind.Annotations, ReplyPartKind.Text, new JsonText(Wire.Span(wire.Annotations, json).ToArray()));
        if (wire.Calls.TokenType == JsonTokenType.StartArray) _calls.Read(ref wire.Calls, json);
        if (wire.FunctionCall.TokenType == JsonTokenType.StartObject) _calls.ReadFunction(ref wire.FunctionCall, json);
        while (wire.Unknown.TokenType == JsonTokenType.PropertyName)
        {
            if (MessageFields.IsKnown(ref wire.Unknown)) Wire.Take(ref wire.Unknown);
            else _messageExtras.Keep(ref wire.Unknown, json);
            wire.Unknown.Read();
        }
    }

    /// <summary>Some providers send the same thoughts in two fields.</summary>
    void ReadReasoning(ref MessageFields wire)
    {
        var text = WireText.Read(ref wire.ReasoningContent);
        var field = default(string);
        if (string.IsNullOrEmpty(text)) (text, field) = (WireText.Read(ref wire.Reasoning), OpenAiChatReasoning.Plain);
        if (!string.IsNullOrEmpty(text))
        {
            _parts.Add(ReplyPartKind.Reasoning, text, field);
            _hasPlainThoughts = true;
        }
        if (wire.Details.TokenType != JsonTokenType.StartArray) return;
        while (wire.Details.Read() && wire.Details.TokenType != JsonTokenType.EndArray)
        {
            ReadDetail(wire.Details);
            wire.Details.Skip();
        }
    }

    void ReadDetail(Utf8JsonReader detail)
    {
        if (detail.TokenType != JsonTokenType.StartObject) return;
        var text = _hasPlainThoughts ? null : Wire.FindText(detail, "text"u8) ?? Wire.FindText(detail, "summary"u8);
        if (!string.IsNullOrEmpty(text)) _parts.Add(ReplyPartKind.Reasoning, text, OpenAiChatReasoning.Plain);
        var format = Wire.FindText(detail, "format"u8);
        var id = Wire.FindText(detail, "id"u8);
        Opaque(ReplyEventKind.Signature, Wire.FindText(detail, "signature"u8), id, format);
        Opaque(ReplyEventKind.Encrypted, Wire.FindText(detail, "data"u8), id, format);
    }

    void Opaque(ReplyEventKind kind, string? text, string? id, string? format)
    {
        if (string.IsNullOrEmpty(text)) return;
        _parts.Begin(ReplyPartKind.Reasoning, OpenAiChatReasoning.Plain);
        _parts.Send(kind, ReplyPartKind.Reasoning, text, id, format);
    }

    void ReadContent(ref Utf8JsonReader content, ReadOnlySpan<byte> json)
    {
        if (WireText.Read(ref content) is { } text)
        {
            if (text.Length > 0) _parts.Add(ReplyPartKind.Text, text);
            return;
        }
        if (content.TokenType != JsonTokenType.StartArray) return;
        while (content.Read() && content.TokenType != JsonTokenType.EndArray)
        {
            ReadContentPart(content, json);
            content.Skip();
        }
    }

    /// <summary>A part of the content, as Mistral sends them.</summary>
    void ReadContentPart(Utf8JsonReader part, ReadOnlySpan<byte> json)
    {
        if (WireText.Read(ref part) is { Length: > 0 } text)
        {
            _parts.Add(ReplyPartKind.Text, text);
            return;
        }
        var kind = Wire.FindText(part, "type"u8);
        if (kind == "text")
        {
            if (Wire.FindText(part, "text"u8) is { Length: > 0 } inner) _parts.Add(ReplyPartKind.Text, inner);
        }
        else if (kind == OpenAiChatReasoning.Thinking) ReadThinking(part);
        else if (kind is not null) _parts.AddOpaque(kind, new JsonText(Wire.Span(part, json).ToArray()));
    }

    void ReadThinking(Utf8JsonReader part)
    {
        var thinking = Wire.Find(part, "thinking"u8);
        if (WireText.Read(ref thinking) is { Length: > 0 } whole) _parts.Add(ReplyPartKind.Reasoning, whole, OpenAiChatReasoning.Thinking);
        if (thinking.TokenType == JsonTokenType.StartArray)
        {
            while (thinking.Read() && thinking.TokenType != JsonTokenType.EndArray)
            {
                if (Wire.FindText(thinking, "text"u8) is { Length: > 0 } text) _parts.Add(ReplyPartKind.Reasoning, text, OpenAiChatReasoning.Thinking);
                thinking.Skip();
            }
        }
        if (Wire.FindText(part, "signature"u8) is not { Length: > 0 } signature) return;
        _parts.Begin(ReplyPartKind.Reasoning, OpenAiChatReasoning.Thinking);
        _parts.Send(ReplyEventKind.Signature, ReplyPartKind.Reasoning, signature);
    }

    void ReadLogprobs(Utf8JsonReader tokens, ReplyPartKind kind, ReadOnlySpan<byte> json)
    {
        if (tokens.TokenType != JsonTokenType.StartArray || Wire.IsEmptyArray(tokens)) return;
        _parts.Send(ReplyEventKind.Logprobs, kind, new JsonText(Wire.Span(tokens, json).ToArray()));
    }
}
