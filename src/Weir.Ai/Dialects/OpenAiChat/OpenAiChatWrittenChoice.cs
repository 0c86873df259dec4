using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>One choice of a whole answer, while it comes together.</summary>
sealed class OpenAiChatWrittenChoice(int number, ReplyShape shape, DialectName? from)
{
    readonly StringBuilder _content = new();
    readonly StringBuilder _reasoning = new();
    readonly StringBuilder _refusal = new();
    readonly SortedDictionary<int, Call> _calls = [];
    readonly List<(ReplyEvent Proof, int Start)> _proofs = [];
    readonly List<(string? Type, StringBuilder Data)> _images = [];
    readonly List<JsonText> _annotations = [];
    readonly List<JsonText> _logprobs = [];
    readonly List<JsonText> _refusalLogprobs = [];
    readonly List<Extra> _extras = [];
    readonly List<Extra> _messageExtras = [];
    readonly List<Extra> _audioExtras = [];
    StringBuilder? _sound;
    StringBuilder? _transcript;
    string? _soundId;
    int _transcriptPart = -1;
    int _reasoningStart;
    string _reasoningField = OpenAiChatReasoning.Content;
    string _finishReason = "stop";
    string? _stopSequence;

    public int Number => number;

    bool IsOwn => from == DialectName.OpenAiChat;

    public void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.PartStarted: Start(in reply); break;
            case ReplyEventKind.Delta: Add(in reply); break;
            case ReplyEventKind.Signature or ReplyEventKind.Encrypted: AddProof(in reply); break;
            case ReplyEventKind.Annotations when IsOwn: _annotations.Add(reply.Json); break;
            case ReplyEventKind.Annotations: shape.Losses.Add("annotations"); break;
            case ReplyEventKind.Logprobs: (reply.PartKind == ReplyPartKind.Refusal ? _refusalLogprobs : _logprobs).Add(reply.Json); break;
            case ReplyEventKind.Finished:
                _finishReason = OpenAiChatStops.Write(reply.Stop, reply.Name, _refusal.Length > 0);
                _stopSequence = reply.Text;
                break;
        }
    }

    /// <summary>Keeps a field without a place in the events.</summary>
    public void Keep(string place, Extra extra) =>
        (place == OpenAiChatExtras.Audio ? _audioExtras : place == OpenAiChatExtras.Message ? _messageExtras : _extras).Put(extra);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, number);
        json.WriteStartObject("message"u8);
        WriteMessage(json);
        json.WriteEndObject();
        if (_logprobs.Count + _refusalLogprobs.Count == 0) json.WriteNull("logprobs"u8);
        else OpenAiChatLogprobs.Write(json, Join(_logprobs), Join(_refusalLogprobs));
        json.WriteString("finish_reason"u8, _finishReason);
        WireText.Write(json, "stop_reason", _stopSequence);
        foreach (var extra in _extras) OpenAiChatExtras.Write(json, extra);
        json.WriteEndObject();
    }

    void Start(in ReplyEvent reply)
    {
        switch (reply.PartKind)
        {
            case ReplyPartKind.ToolCall:
                _calls[reply.Part] = new Call(reply.Id ?? $"call_{shape.Id}_{reply.Part}", reply.Name ?? "");
                break;
            case ReplyPartKind.Reasoning:
                _reasoningStart = _reasoning.Length;
                if (IsOwn && reply.Name == OpenAiChatReasoning.Plain) _reasoningField = OpenAiChatReasoning.Plain;
                break;
            case ReplyPartKind.Text when reply.Name == OpenAiChatAudio.Transcript:
                _transcriptPart = reply.Part;
                _transcript = new StringBuilder();
                break;
            case ReplyPartKind.Audio:
                _sound = new StringBuilder();
                _soundId = reply.Id ?? $"audio_{shape.Id}";
                break;
            case ReplyPartKind.Image: _images.Add((reply.Name, new StringBuilder())); break;
            case ReplyPartKind.Opaque when IsOwn && reply.Name == "custom": _calls[reply.Part] = new Call("", "") { Whole = reply.Json }; break;
            case ReplyPartKind.Opaque: shape.Losses.Add(reply.Name ?? "opaque"); break;
        }
    }

    void Add(in ReplyEvent reply)
    {
        var to = reply.PartKind switch
        {
            ReplyPartKind.Text => reply.Part == _transcriptPart ? _transcript : _content,
            ReplyPartKind.Reasoning => _reasoning,
            ReplyPartKind.Refusal => _refusal,
            ReplyPartKind.Audio => _sound,
            ReplyPartKind.Image => _images.Count > 0 ? _images[^1].Data : null,
            ReplyPartKind.ToolCall => _calls.GetValueOrDefault(reply.Part)?.Arguments,
            _ => null,
        };
        to?.Append(reply.Text);
    }

    void AddProof(in ReplyEvent reply)
    {
        if (reply.PartKind == ReplyPartKind.Reasoning) _proofs.Add((reply, _reasoningStart));
        else if (_calls.TryGetValue(reply.Part, out var call)) call.Signature = reply.Text;
        else shape.Losses.Add("signature");
    }

    void WriteMessage(Utf8JsonWriter json)
    {
        json.WriteString("role"u8, "assistant"u8);
        if (_content.Length > 0 || (_calls.Count == 0 && _refusal.Length == 0 && _sound is null)) WireText.Write(json, "content", _content.ToString());
        else json.WriteNull("content"u8);
        if (_reasoning.Length > 0) WireText.Write(json, _reasoningField, _reasoning.ToString());
        if (_proofs.Count > 0) WriteProofs(json);
        json.WritePropertyName("refusal"u8);
        if (_refusal.Length > 0) WireText.Write(json, _refusal.ToString());
        else json.WriteNullValue();
        if (_calls.Count > 0) WriteCalls(json);
        if (_sound is not null || _transcript is not null) WriteSound(json);
        if (_images.Count > 0)
        {
            json.WriteStartArray("images"u8);
            foreach (var (type, data) in _images) OpenAiChatImages.Write(json, type, data.ToString());
            json.WriteEndArray();
        }
        if (_annotations.Count > 0)
        {
            json.WritePropertyName("annotations"u8);
            Join(_annotations).WriteTo(json);
        }
        foreach (var extra in _messageExtras) OpenAiChatExtras.Write(json, extra);
    }

    void WriteProofs(Utf8JsonWriter json)
    {
        json.WriteStartArray(OpenAiChatReasoning.Details);
        for (var i = 0; i < _proofs.Count; i++)
        {
            var (proof, start) = _proofs[i];
            var end = _reasoning.Length;
            for (var next = i + 1; next < _proofs.Count && end == _reasoning.Length; next++)
                if (_proofs[next].Start > start) end = _proofs[next].Start;
            OpenAiChatProofs.Write(json, in proof, _reasoning.ToString(start, end - start), from);
        }
        json.WriteEndArray();
    }

    void WriteCalls(Utf8JsonWriter json)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in _calls.Values)
        {
            json.WriteStartObject();
            if (call.Whole.IsEmpty) WriteCall(json, call);
            else OpenAiChatCustomCall.Write(json, call.Whole);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteCall(Utf8JsonWriter json, Call call)
    {
        WireText.Write(json, "id", call.Id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        WireText.Write(json, "name", call.Name);
        WireText.Write(json, "arguments", call.Arguments.ToString());
        json.WriteEndObject();
        if (call.Signature is not null) OpenAiChatProofs.WriteOfCall(json, call.Signature);
    }

    void WriteSound(Utf8JsonWriter json)
    {
        json.WriteStartObject("audio"u8);
        WireText.Write(json, "id", _soundId);
        WireText.Write(json, "data", _sound?.ToString());
        WireText.Write(json, "transcript", _transcript?.ToString());
        foreach (var extra in _audioExtras) OpenAiChatExtras.Write(json, extra);
        json.WriteEndObject();
    }

    /// <summary>Several arrays as one.</summary>
    static JsonText Join(List<JsonText> arrays)
    {
        if (arrays.Count == 0) return default;
        if (arrays.Count == 1) return arrays[0];
        var all = new List<byte> { (byte)'[' };
        foreach (var array in arrays)
        {
            var inner = array.Utf8.Span.Trim(" \r\n\t"u8)[1..^1];
            if (inner.Trim(" \r\n\t"u8).IsEmpty) continue;
            if (all.Count > 1) all.Add((byte)',');
            all.AddRange(inner);
        }
        all.Add((byte)']');
        return new JsonText(all.ToArray());
    }

    sealed class Call(string id, string name)
    {
        public string Id { get; } = id;
        public string Name { get; } = name;
        public StringBuilder Arguments { get; } = new();
        public string? Signature { get; set; }

        /// <summary>All of it, for a custom tool; else empty.</summary>
        public JsonText Whole { get; init; }
    }
}
