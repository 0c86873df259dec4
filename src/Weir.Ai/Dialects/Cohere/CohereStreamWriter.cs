using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a stream of events. Contents, calls and citations are each numbered on their own.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A Utf8JsonWriter over a buffer of ours holds nothing that must be released.")]
sealed class CohereStreamWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly Utf8JsonWriter _json = new(output, WireText.Options);
    readonly List<Open> _open = [];
    int _contents;
    int _calls;
    int _citations;
    TokenUsage? _usage;
    JsonText _ownUsage;
    StopReason _stop;
    string? _word;
    bool _isOwn;
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
                StartPart(reply);
                break;
            case ReplyEventKind.Delta:
                if (Find(reply.Part) is { } open) WriteDelta(open, reply.Text ?? "");
                break;
            case ReplyEventKind.Annotations:
                Cite(reply);
                break;
            case ReplyEventKind.PartEnded:
                if (Find(reply.Part) is { } ended) EndPart(ended);
                break;
            case ReplyEventKind.Finished:
                (_stop, _word) = (reply.Stop, reply.Name);
                break;
            case ReplyEventKind.Usage:
                (_usage, _ownUsage) = (reply.Usage, _isOwn ? reply.Json : default);
                break;
            case ReplyEventKind.Extra:
                if (!_isOwn) shape.Losses.Add(reply.Name ?? "");
                break;
            case ReplyEventKind.Ended:
                WriteEnd(_isOwn && _word is not null ? _word : CohereReasons.Write(_stop), null);
                break;
            case ReplyEventKind.Failed:
                WriteFailure(reply.Error!);
                break;
        }
    }

    public override void Complete() => _json.Dispose();

    void Start(in ReplyEvent reply)
    {
        _isOwn = reply.Dialect == DialectName.Cohere;
        _isStarted = true;
        Begin("message-start");
        _json.WriteText("id", (_isOwn ? reply.Id : null) ?? shape.Id);
        _json.WriteJson("delta", JsonText.Of("""{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}"""));
        End();
    }

    void StartPart(in ReplyEvent reply)
    {
        switch (reply.PartKind)
        {
            case ReplyPartKind.Text when _isOwn && reply.Name == CohereNames.ToolPlan:
                _open.Add(new Open(reply.Part, 0, reply.PartKind, IsPlan: true));
                break;
            case ReplyPartKind.Text or ReplyPartKind.Refusal or ReplyPartKind.Reasoning:
                var content = new Open(reply.Part, _contents++, reply.PartKind, IsPlan: false);
                _open.Add(content);
                BeginAt("content-start", content);
                _json.WriteJson("delta", JsonText.Of(reply.PartKind == ReplyPartKind.Reasoning
                    ? """{"message":{"content":{"type":"thinking","thinking":""}}}"""
                    : """{"message":{"content":{"type":"text","text":""}}}"""));
                End();
                break;
            case ReplyPartKind.ToolCall:
                StartCall(reply);
                break;
            default:
                shape.Losses.Add($"message.{reply.Name}");
                break;
        }
    }

    void StartCall(in ReplyEvent reply)
    {
        var call = new Open(reply.Part, _calls++, reply.PartKind, IsPlan: false);
        _open.Add(call);
        BeginAt("tool-call-start", call);
        BeginMessage();
        _json.WriteStartObject("tool_calls"u8);
        _json.WriteText("id", reply.Id ?? $"call_{shape.Id}_{reply.Part}");
        _json.WriteString("type"u8, "function"u8);
        _json.WriteStartObject("function"u8);
        _json.WriteText("name", reply.Name ?? "");
        _json.WriteString("arguments"u8, ""u8);
        _json.WriteEndObject();
        _json.WriteEndObject();
        EndMessage();
    }

    void WriteDelta(Open open, string text)
    {
        if (open.Kind == ReplyPartKind.Text) open.Text.Append(text);
        if (open.IsPlan)
        {
            Begin("tool-plan-delta");
            BeginMessage();
            _json.WriteText("tool_plan", text);
        }
        else if (open.Kind == ReplyPartKind.ToolCall)
        {
            BeginAt("tool-call-delta", open);
            BeginMessage();
            _json.WriteStartObject("tool_calls"u8);
            _json.WriteStartObject("function"u8);
            _json.WriteText("arguments", text);
            _json.WriteEndObject();
            _json.WriteEndObject();
        }
        else
        {
            BeginAt("content-delta", open);
            BeginMessage();
            _json.WriteStartObject("content"u8);
            _json.WriteText(open.Kind == ReplyPartKind.Reasoning ? "thinking" : "text", text);
            _json.WriteEndObject();
        }
        EndMessage();
    }

    void Cite(in ReplyEvent reply)
    {
        var text = Find(reply.Part)?.Text.ToString() ?? "";
        foreach (var citation in CohereCitations.Of(reply.Json, _isOwn, text, shape.Losses))
        {
            Begin("citation-start");
            _json.WriteNumber("index"u8, _citations);
            BeginMessage();
            _json.WriteJson("citations", citation);
            EndMessage();
            Begin("citation-end");
            _json.WriteNumber("index"u8, _citations++);
            End();
        }
    }

    void EndPart(Open open)
    {
        _open.Remove(open);
        if (open.IsPlan) return;
        BeginAt(open.Kind == ReplyPartKind.ToolCall ? "tool-call-end" : "content-end", open);
        End();
    }

    void WriteEnd(string word, string? error)
    {
        Begin("message-end");
        _json.WriteStartObject("delta"u8);
        if (error is not null) _json.WriteText("error", error);
        _json.WriteText("finish_reason", word);
        if (!_ownUsage.IsEmpty) _json.WriteJson("usage", _ownUsage);
        else if (_usage is { } usage) CohereUsage.Write(_json, usage);
        _json.WriteEndObject();
        End();
        output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>An answer that has begun ends with an error as its reason; before, there is only the error.</summary>
    void WriteFailure(LlmError error)
    {
        if (_isStarted)
        {
            WriteEnd(error.Kind == LlmErrorKind.Timeout ? "TIMEOUT" : "ERROR", error.Message);
            return;
        }
        output.Write("data: "u8);
        CohereErrors.Write(error, shape.Id, output);
        output.Write("\n\n"u8);
    }

    Open? Find(int number)
    {
        foreach (var open in _open)
            if (open.Part == number) return open;
        return null;
    }

    void BeginAt(string type, Open open)
    {
        Begin(type);
        _json.WriteNumber("index"u8, open.Index);
    }

    void BeginMessage()
    {
        _json.WriteStartObject("delta"u8);
        _json.WriteStartObject("message"u8);
    }

    void EndMessage()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
        End();
    }

    void Begin(string type)
    {
        output.Write("event: "u8);
        output.Write(Encoding.ASCII.GetBytes(type));
        output.Write("\ndata: "u8);
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteText("type", type);
    }

    void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    sealed record Open(int Part, int Index, ReplyPartKind Kind, bool IsPlan)
    {
        /// <summary>The text so far, which citations refer to.</summary>
        public StringBuilder Text { get; } = new();
    }
}
