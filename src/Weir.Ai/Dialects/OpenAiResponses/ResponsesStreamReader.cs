using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Reads a stream of a response. What the events say twice (deltas, then the whole) is taken from the deltas; servers that leave the deltas or the start of a
/// part out are understood by the whole.
/// </summary>
sealed class ResponsesStreamReader(IReplySink sink) : ReplyStreamReader
{
    readonly SseReader _events = new();
    readonly ResponsesParts _parts = new(sink);
    readonly List<ResponsesStreamedItem> _items = [];
    bool _isStarted;
    bool _isOver;

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!_isOver && _events.TryRead(ref bytes, out var read))
        {
            if (read.Data.IsEmpty || read.Data.SequenceEqual("[DONE]"u8)) continue;
            try
            {
                using var document = WireJson.Parse(read.Data.ToArray());
                if (document.RootElement.ValueKind == JsonValueKind.Object) Take(document.RootElement);
            }
            catch (Exception e) when (WireJson.IsBroken(e))
            {
                Fail("An event of the provider's stream is not valid JSON.");
            }
        }
        if (_events.IsBroken) Fail("An event of the provider's stream is too long.");
    }

    public override void End()
    {
        if (!_isOver) Fail(_isStarted ? "The provider's stream broke off." : "The provider's stream is empty.");
    }

    void Take(JsonElement read)
    {
        switch (read.TextOf("type"))
        {
            case "response.created" or "response.queued" or "response.in_progress":
                if (read.Field("response") is { ValueKind: JsonValueKind.Object } response) Start(response);
                break;
            case "response.output_item.added":
                if (read.Field("item") is { ValueKind: JsonValueKind.Object } added) ItemOf(read).Begin(added);
                break;
            case "response.output_item.done":
                if (read.Field("item") is { ValueKind: JsonValueKind.Object } done) ItemOf(read).End(done);
                break;
            case "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled":
                if (read.Field("response") is { ValueKind: JsonValueKind.Object } last) Finish(last);
                break;
            case "error":
                Fail(ResponsesErrors.Of(read, 0));
                break;
            case { } type:
                TakePiece(read, type);
                break;
            default:
                if (read.Field("error") is { } error) Fail(ResponsesErrors.Of(error, 0));
                break;
        }
    }

    void TakePiece(JsonElement read, string type)
    {
        if (read.Field("output_index") is not null && ItemOf(read).Take(read, type)) return;
        var fields = WireJson.Build(json =>
        {
            json.WriteStartObject();
            foreach (var field in read.EnumerateObject())
            {
                if (field.NameEquals("type") || field.NameEquals("sequence_number")) continue;
                json.WritePropertyName(field.Name);
                json.WriteJson(field.Value);
            }
            json.WriteEndObject();
        });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Extra, Name = ResponsesNames.Event + type, Json = fields });
    }

    void Start(JsonElement response)
    {
        if (_isStarted) return;
        _isStarted = true;
        sink.On(ResponsesEnvelope.Start(response, ResponsesEnvelope.Of(response)));
    }

    void Finish(JsonElement response)
    {
        Start(response);
        if (ResponsesEnvelope.Failure(response) is { } error)
        {
            if (response.Field("usage") is { } usage)
                sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = ResponsesUsage.Read(usage, response) });
            Fail(error);
            return;
        }
        foreach (var item in _items) item.Close();
        // A server that streamed nothing has it all in the last event.
        if (_items.Count == 0)
            foreach (var item in response.Items("output")) _parts.Item(item);
        _isOver = true;
        ResponsesEnvelope.End(response, ResponsesEnvelope.Of(response), _parts, sink);
    }

    ResponsesStreamedItem ItemOf(JsonElement read)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Started, Dialect = DialectName.OpenAiResponses });
        }
        var index = read.CountOf("output_index");
        foreach (var item in _items)
            if (item.Index == index) return item;
        var added = new ResponsesStreamedItem(_parts, index);
        _items.Add(added);
        return added;
    }

    void Fail(string message) => Fail(new LlmError(LlmErrorKind.Provider, 502, message));

    void Fail(LlmError error)
    {
        if (_isOver) return;
        _isOver = true;
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = error });
    }
}
