using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Reads an answer: a whole one, or the chunks of a stream, which have the same form. Every object is first gone through once, so that broken JSON gives no
/// event but the failure; then its fields are read in the order of the events, whatever the order in which they stand.
/// </summary>
/// <param name="sink">Gets the events.</param>
/// <param name="dialect">OpenAiCompletions for legacy completions, which differ in the form of a choice alone.</param>
sealed class OpenAiChatReplyReader(IReplySink sink, DialectName dialect = DialectName.OpenAiChat)
{
    /// <summary>Most choices that are read of one answer; OpenAI's own limit of n is 128.</summary>
    const int ChoicesMax = 1024;

    readonly List<OpenAiChatChoice> _choices = [];
    readonly ReplyExtras _extras = new(sink, "");
    readonly ReplyExtras _usageExtras = new(sink, "usage.");
    string? _serviceTier;
    bool _hasStarted;
    bool _isOver;

    /// <summary>Every choice has said why it stopped.</summary>
    public bool IsComplete
    {
        get
        {
            foreach (var choice in _choices)
                if (!choice.IsFinished) return false;
            return _choices.Count > 0;
        }
    }

    /// <summary>Reads a whole answer.</summary>
    public void ReadWhole(ReadOnlySpan<byte> body)
    {
        ReadChunk(body);
        if (!_isOver && _choices.Count == 0) Fail("the provider's answer holds no choices");
        else Done();
    }

    /// <summary>Reads one chunk of a stream. False when it is not valid JSON, which is a failure.</summary>
    public void ReadChunk(ReadOnlySpan<byte> json)
    {
        if (_isOver || (!sink.WantsText && TryCount(json))) return;
        try
        {
            ReadObject(json);
        }
        catch (JsonException e)
        {
            Fail($"the provider's answer is not valid JSON: {e.Message}");
        }
    }

    /// <summary>The answer is complete.</summary>
    public void Done()
    {
        if (_isOver) return;
        if (!_hasStarted)
        {
            Fail("the provider's answer is empty");
            return;
        }
        _isOver = true;
        foreach (var choice in _choices) choice.Finish();
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
    }

    /// <summary>The bytes have ended: complete if every choice has said why it stopped, for not all providers send [DONE].</summary>
    public void EndOfBytes()
    {
        if (_isOver) return;
        if (IsComplete) Done();
        else Fail("the provider's answer ended before it was complete");
    }

    public void Fail(string message) => Fail(new LlmError(LlmErrorKind.Provider, 502, message));

    public void Fail(LlmError error)
    {
        if (_isOver) return;
        _isOver = true;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });
    }

    /// <summary>True for a chunk that only goes on with the one text there is.</summary>
    bool TryCount(ReadOnlySpan<byte> json) => _choices.Count == 1 && TextSkim.OpenAiChat(json) is >= 0 and var chars && _choices[0].TryCount(chars);

    void ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            Fail("the provider's answer is not a JSON object");
            return;
        }
        var head = new Head();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadField(ref reader, ref head, json);
        while (reader.Read())
        {
            // Only white space may follow; anything else throws.
        }
        if (head.Error.TokenType is not (JsonTokenType.None or JsonTokenType.Null))
        {
            Fail(OpenAiErrors.OfAnswer(ref head.Error, json));
            return;
        }
        Start(ref head);
        if (!_hasStarted) return;
        if (head.Choices.TokenType == JsonTokenType.StartArray) ReadChoices(ref head.Choices, json);
        if (head.Usage.TokenType == JsonTokenType.StartObject) ReadUsage(ref head.Usage, json);
        else if (head.GroqUsage.TokenType == JsonTokenType.StartObject) ReadUsage(ref head.GroqUsage, json);
    }

    void ReadField(scoped ref Utf8JsonReader reader, scoped ref Head head, ReadOnlySpan<byte> json)
    {
        if (reader.ValueTextEquals("choices"u8)) head.Choices = Wire.Take(ref reader);
        else if (reader.ValueTextEquals("usage"u8)) head.Usage = Wire.Take(ref reader);
        else if (reader.ValueTextEquals("error"u8)) head.Error = Wire.Take(ref reader);
        else if (reader.ValueTextEquals("id"u8)) head.Id = Wire.Take(ref reader);
        else if (reader.ValueTextEquals("model"u8)) head.Model = Wire.Take(ref reader);
        else if (reader.ValueTextEquals("created"u8)) head.Created = Wire.Take(ref reader);
        else if (reader.ValueTextEquals("object"u8) || reader.ValueTextEquals("obfuscation"u8) || reader.ValueTextEquals("p"u8)) Wire.Take(ref reader);
        else
        {
            var isTier = reader.ValueTextEquals("service_tier"u8);
            var isGroq = reader.ValueTextEquals("x_groq"u8);
            var value = _extras.Keep(ref reader, json);
            if (isTier && value.TokenType == JsonTokenType.String) _serviceTier = WireText.Read(ref value);
            if (isGroq && value.TokenType == JsonTokenType.StartObject) head.GroqUsage = Wire.Find(value, "usage"u8);
        }
    }

    /// <summary>Azure's first chunk names no model and holds no choices: the answer begins with the next.</summary>
    void Start(ref Head head)
    {
        if (_hasStarted) return;
        var id = WireText.Read(ref head.Id);
        if (string.IsNullOrEmpty(id) && (head.Choices.TokenType != JsonTokenType.StartArray || Wire.IsEmptyArray(head.Choices))) return;
        _hasStarted = true;
        sink.On(new ReplyEvent
        {
            Kind = ReplyEventKind.Started,
            Id = id,
            Name = WireText.Read(ref head.Model),
            Unix = Wire.Number(ref head.Created),
            Dialect = dialect,
        });
        _extras.Open();
        _usageExtras.Open();
    }

    void ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var position = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var wire = ChoiceFields.Read(ref reader);
            var number = wire.Index.TokenType == JsonTokenType.Number ? Wire.Number(ref wire.Index) : position;
            position++;
            if (number is < 0 or >= ChoicesMax) continue;
            var choice = Choice((int)number);
            choice.Read(ref wire, json);
            if (wire.Usage.TokenType == JsonTokenType.StartObject) ReadUsage(ref wire.Usage, json);
        }
    }

    /// <summary>The choice of a number. Those that come late are put in their place, so that they finish in order.</summary>
    OpenAiChatChoice Choice(int number)
    {
        var at = _choices.Count;
        while (at > 0 && _choices[at - 1].Number >= number) at--;
        if (at < _choices.Count && _choices[at].Number == number) return _choices[at];
        var choice = new OpenAiChatChoice(number, sink);
        _choices.Insert(at, choice);
        return choice;
    }

    void ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var counts = new UsageCounts { ServiceTier = _serviceTier };
        counts.Read(ref reader, json, _usageExtras);
        if (!counts.IsEmpty) sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = counts.ToUsage() });
    }

    ref struct Head
    {
        public Utf8JsonReader Id, Model, Created, Choices, Usage, GroqUsage, Error;
    }
}
