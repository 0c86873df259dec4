using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes a stream of a response, with every event that OpenAI's own clients put an answer together from. An item is closed when the next one begins; the
/// end waits for the usage, which other providers tell after their reasons to stop.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A Utf8JsonWriter over a buffer of ours holds nothing that must be released.")]
sealed class ResponsesStreamWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly Utf8JsonWriter _json = new(output, WireText.Options);
    readonly ResponsesEnvelopeWriter _envelope = new(shape);
    readonly ResponsesOutput _items = new(shape);
    readonly List<ResponsesStreamedPart> _open = [];
    ResponsesOutputItem? _message;
    StopReason _stop;
    bool _hasRefused;
    JsonText _end;
    long _sequence;
    bool _isStarted;

    public override void On(in ReplyEvent reply)
    {
        if (reply.Choice > 0)
        {
            shape.Losses.Add("choices");
            return;
        }
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                Start(reply);
                break;
            case ReplyEventKind.PartStarted:
                _hasRefused |= reply.PartKind == ReplyPartKind.Refusal;
                StartPart(reply);
                break;
            case ReplyEventKind.Finished:
                (_stop, _end) = (ResponsesEnvelopeWriter.Plain(reply.Stop, _hasRefused), reply.Json);
                CloseMessage();
                break;
            case ReplyEventKind.Usage:
                _envelope.Usage = reply.Usage;
                break;
            case ReplyEventKind.Extra:
                TakeExtra(reply);
                break;
            case ReplyEventKind.Ended:
                WriteEnd();
                break;
            case ReplyEventKind.Failed:
                WriteFailure(reply.Error!);
                break;
            default:
                if (Find(reply.Part) is { } part) OnPart(part, reply);
                break;
        }
    }

    public override void Complete() => _json.Dispose();

    void Start(in ReplyEvent reply)
    {
        _isStarted = true;
        _envelope.Start(reply);
        _items.IsOwn = _envelope.IsOwn;
        foreach (var type in (ReadOnlySpan<string>)["response.created", "response.in_progress"])
        {
            Begin(type);
            _json.WritePropertyName("response"u8);
            _envelope.Write(_json, "in_progress", reply.Json, null);
            End();
        }
    }

    void StartPart(in ReplyEvent reply)
    {
        var part = new CollectedPart { Number = reply.Part, Kind = reply.PartKind, Id = reply.Id, Name = reply.Name, Json = reply.Json };
        if (_items.Add(part, out var isNew) is not { } item) return;
        if (isNew)
        {
            CloseMessage();
            Begin("response.output_item.added");
            _json.WritePropertyName("item"u8);
            item.Write(_json, isDone: false);
            _json.WriteNumber("output_index"u8, item.Index);
            End();
            _message = item.IsMessage ? item : null;
        }
        var streamed = new ResponsesStreamedPart(item, part);
        _open.Add(streamed);
        if (!item.IsMessage || part.Name == ResponsesNames.NoContent) return;
        BeginAt("response.content_part.added", streamed);
        _json.WritePropertyName("part"u8);
        ResponsesOutputItem.WriteContent(_json, part, isDone: false);
        End();
    }

    void OnPart(ResponsesStreamedPart streamed, in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Delta:
                TakeDelta(streamed, reply);
                break;
            case ReplyEventKind.Annotations:
                TakeAnnotations(streamed, ResponsesAnnotations.Of(reply.Json, _envelope.IsOwn ? DialectName.OpenAiResponses : null, shape.Losses));
                break;
            case ReplyEventKind.Logprobs:
                streamed.Part.On(reply);
                WriteDelta(streamed, "", reply.Json);
                break;
            case ReplyEventKind.PartEnded:
                streamed.Part.On(reply);
                EndPart(streamed);
                _open.Remove(streamed);
                break;
            default:
                streamed.Part.On(reply);
                break;
        }
    }

    void TakeDelta(ResponsesStreamedPart streamed, in ReplyEvent reply)
    {
        var text = reply.Text ?? "";
        var isBreak = reply.PartKind == ReplyPartKind.Reasoning && text == ResponsesNames.SummaryBreak && !streamed.Part.IsEmpty && !streamed.Item.IsThoughts;
        if (isBreak)
        {
            EndSummary(streamed);
            streamed.Item.Breaks.Add(streamed.Part.Length);
        }
        streamed.Part.On(reply);
        if (isBreak) StartReasoning(streamed);
        else if (text.Length > 0) WriteDelta(streamed, text, default);
    }

    void WriteDelta(ResponsesStreamedPart streamed, string text, JsonText logprobs)
    {
        switch (streamed.Part.Kind)
        {
            case ReplyPartKind.Text:
                BeginAt("response.output_text.delta", streamed);
                _json.WriteText("delta", text);
                _json.WritePropertyName("logprobs"u8);
                (logprobs.IsEmpty ? JsonText.Of("[]") : logprobs).WriteTo(_json);
                End();
                break;
            case ReplyPartKind.Refusal:
                WriteDelta("response.refusal.delta", streamed, text);
                break;
            case ReplyPartKind.ToolCall:
                WriteDelta("response.function_call_arguments.delta", streamed, text);
                break;
            case ReplyPartKind.Reasoning:
                if (!streamed.HasSummary) StartReasoning(streamed);
                WriteDelta(streamed.Item.IsThoughts ? "response.reasoning_text.delta" : "response.reasoning_summary_text.delta", streamed, text);
                break;
        }
    }

    void WriteDelta(string type, ResponsesStreamedPart streamed, string text)
    {
        BeginAt(type, streamed);
        _json.WriteText("delta", text);
        End();
    }

    void TakeAnnotations(ResponsesStreamedPart streamed, JsonText annotations)
    {
        if (annotations.IsEmpty) return;
        streamed.Part.Annotations.Add(annotations);
        using var document = JsonDocument.Parse(annotations.Utf8);
        foreach (var annotation in document.RootElement.EnumerateArray())
        {
            BeginAt("response.output_text.annotation.added", streamed);
            _json.WriteNumber("annotation_index"u8, streamed.AnnotationCount++);
            _json.WritePropertyName("annotation"u8);
            _json.WriteJson(annotation);
            End();
        }
    }

    void EndPart(ResponsesStreamedPart streamed)
    {
        switch (streamed.Part.Kind)
        {
            case ReplyPartKind.Text or ReplyPartKind.Refusal:
                EndContent(streamed);
                return;
            case ReplyPartKind.ToolCall:
                BeginAt("response.function_call_arguments.done", streamed);
                _json.WriteText("arguments", streamed.Part.Text);
                _json.WriteText("name", streamed.Part.Name ?? "");
                End();
                break;
            case ReplyPartKind.Reasoning when streamed.HasSummary && streamed.Item.IsThoughts:
                BeginAt("response.reasoning_text.done", streamed);
                _json.WriteText("text", streamed.Part.Text);
                End();
                WriteReasoningPart("response.content_part.done", streamed, streamed.Part.Text);
                break;
            case ReplyPartKind.Reasoning when streamed.HasSummary:
                EndSummary(streamed);
                break;
        }
        WriteItemDone(streamed.Item);
    }

    void EndContent(ResponsesStreamedPart streamed)
    {
        if (streamed.Part.Name == ResponsesNames.NoContent) return;
        var isText = streamed.Part.Kind == ReplyPartKind.Text;
        BeginAt(isText ? "response.output_text.done" : "response.refusal.done", streamed);
        _json.WriteText(isText ? "text" : "refusal", streamed.Part.Text);
        if (isText)
        {
            _json.WriteStartArray("logprobs"u8);
            ResponsesOutputItem.WriteAll(_json, streamed.Part.Logprobs);
            _json.WriteEndArray();
        }
        End();
        BeginAt("response.content_part.done", streamed);
        _json.WritePropertyName("part"u8);
        ResponsesOutputItem.WriteContent(_json, streamed.Part, isDone: true);
        End();
    }

    void StartReasoning(ResponsesStreamedPart streamed)
    {
        streamed.StartSummary();
        WriteReasoningPart(streamed.Item.IsThoughts ? "response.content_part.added" : "response.reasoning_summary_part.added", streamed, "");
    }

    void EndSummary(ResponsesStreamedPart streamed)
    {
        var text = streamed.SummaryText();
        BeginAt("response.reasoning_summary_text.done", streamed);
        _json.WriteText("text", text);
        End();
        WriteReasoningPart("response.reasoning_summary_part.done", streamed, text);
    }

    void WriteReasoningPart(string type, ResponsesStreamedPart streamed, string text)
    {
        BeginAt(type, streamed);
        _json.WriteStartObject("part"u8);
        _json.WriteText("type", streamed.Item.IsThoughts ? ResponsesNames.ReasoningText : "summary_text");
        _json.WriteText("text", text);
        _json.WriteEndObject();
        End();
    }

    void CloseMessage()
    {
        if (_message is { } message) WriteItemDone(message);
        _message = null;
    }

    void WriteItemDone(ResponsesOutputItem item)
    {
        Begin("response.output_item.done");
        _json.WritePropertyName("item"u8);
        item.Write(_json, isDone: true);
        _json.WriteNumber("output_index"u8, item.Index);
        End();
    }

    void TakeExtra(in ReplyEvent reply)
    {
        var name = reply.Name ?? "";
        if (!_envelope.IsOwn)
        {
            shape.Losses.Add(name);
            return;
        }
        if (!name.StartsWith(ResponsesNames.Event, StringComparison.Ordinal)) return;
        Begin(name[ResponsesNames.Event.Length..]);
        using var document = JsonDocument.Parse(reply.Json.Utf8);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            _json.WritePropertyName(field.Name);
            _json.WriteJson(field.Value);
        }
        End();
    }

    void WriteEnd()
    {
        CloseMessage();
        var status = ResponsesEnvelopeWriter.StatusOf(_stop);
        Begin($"response.{status}");
        _json.WritePropertyName("response"u8);
        _envelope.Write(_json, status, _end, WriteItems, _stop);
        End();
    }

    void WriteItems(Utf8JsonWriter json)
    {
        foreach (var item in _items.Items) item.Write(json, isDone: true);
    }

    void WriteFailure(LlmError error)
    {
        if (_isStarted)
        {
            Begin("response.failed");
            _json.WritePropertyName("response"u8);
            _envelope.Write(_json, "failed", default, WriteItems, error: error);
            End();
            return;
        }
        Begin("error");
        _json.WriteText("code", error.Code ?? ResponsesErrors.Code(error));
        _json.WriteText("message", error.Message);
        ResponsesErrors.WriteOrNull(_json, "param", error.Param);
        End();
    }

    ResponsesStreamedPart? Find(int number)
    {
        foreach (var part in _open)
            if (part.Part.Number == number) return part;
        return null;
    }

    void BeginAt(string type, ResponsesStreamedPart streamed)
    {
        Begin(type);
        _json.WriteText("item_id", streamed.Item.Id);
        _json.WriteNumber("output_index"u8, streamed.Item.Index);
        if (streamed.Part.Kind is ReplyPartKind.Text or ReplyPartKind.Refusal) _json.WriteNumber("content_index"u8, streamed.ContentIndex);
        else if (streamed.Item.IsThoughts) _json.WriteNumber("content_index"u8, 0);
        else if (streamed.Part.Kind == ReplyPartKind.Reasoning) _json.WriteNumber("summary_index"u8, streamed.SummaryIndex);
    }

    void Begin(string type)
    {
        output.Write("event: "u8);
        output.Write(Encoding.ASCII.GetBytes(type));
        output.Write("\ndata: "u8);
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteText("type", type);
        _json.WriteNumber("sequence_number"u8, _sequence++);
    }

    void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }
}
