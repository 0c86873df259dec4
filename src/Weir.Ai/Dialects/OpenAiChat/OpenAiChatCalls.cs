using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Reads the tool calls of one choice. By OpenAI's rules the index says which call a piece belongs to, and the first piece has id and name; providers leave
/// out the index, give all calls the same, repeat id and name with every piece, send "" for an id, or whole calls at once.
/// </summary>
sealed class OpenAiChatCalls(PartSequence parts)
{
    /// <summary>Most calls of one choice.</summary>
    const int CountMax = 1024;

    readonly List<Call> _calls = [];

    /// <summary>A tool was called.</summary>
    public bool HasCalls { get; private set; }

    /// <summary>The answer was given through a tool, as it was asked for, and is read as text.</summary>
    public bool HasAnswer { get; private set; }

    /// <summary>Reads the array that the reader stands on.</summary>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject) ReadCall(reader, json);
            reader.Skip();
        }
    }

    /// <summary>Reads a function call as it was before there were tools: one, without id.</summary>
    public void ReadFunction(ref Utf8JsonReader function, ReadOnlySpan<byte> json)
    {
        var name = Wire.FindText(function, "name"u8);
        if (_calls.Count == 0) _calls.Add(new Call(0) { Id = name is null ? null : "call_" + name });
        Feed(_calls[0], name, Wire.Find(function, "arguments"u8), json);
    }

    /// <summary>Ends all calls.</summary>
    public void Close()
    {
        foreach (var call in _calls) End(call);
    }

    void ReadCall(Utf8JsonReader wire, ReadOnlySpan<byte> json)
    {
        var id = Wire.FindText(wire, "id"u8);
        var index = Wire.Find(wire, "index"u8);
        var custom = Wire.Find(wire, "custom"u8);
        var isCustom = custom.TokenType == JsonTokenType.StartObject;
        var body = isCustom ? custom : Wire.Find(wire, "function"u8);
        var name = Wire.FindText(body, "name"u8);
        var number = index.TokenType == JsonTokenType.Number ? Wire.Number(ref index) : (long?)null;
        if (Resolve(number, id, name) is not { } call) return;
        if (string.IsNullOrEmpty(call.Id) && !string.IsNullOrEmpty(id)) call.Id = id;
        if (isCustom) call.CustomInput ??= new StringBuilder();
        Feed(call, name, Wire.Find(body, isCustom ? "input"u8 : "arguments"u8), json);
        var google = Wire.Find(Wire.Find(wire, "extra_content"u8), "google"u8);
        if (call.Part >= 0 && Wire.FindText(google, "thought_signature"u8) is { } signature)
            parts.Send(ReplyEventKind.Signature, ReplyPartKind.ToolCall, call.Part, signature);
    }

    /// <summary>The call that a piece belongs to, a new one if it begins one; null when there are too many.</summary>
    Call? Resolve(long? index, string? id, string? name)
    {
        var hasId = !string.IsNullOrEmpty(id);
        var begins = hasId || !string.IsNullOrEmpty(name);
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            var call = _calls[i];
            if (index is not null && call.Index != index) continue;
            if (hasId && !string.IsNullOrEmpty(call.Id))
            {
                if (call.Id == id) return call;
                if (index is not null) break;
                continue;
            }

            // Without index and id, a name begins another call unless the last one has none yet.
            if (index is null && begins && call.Name is not null) break;
            return call;
        }
        if (_calls.Count == CountMax) return null;
        var last = _calls.Count > 0 ? _calls[^1] : null;
        if (last is not null && last.Balance.IsComplete) End(last);
        var added = new Call(index ?? _calls.Count);
        _calls.Add(added);
        return added;
    }

    void Feed(Call call, string? name, Utf8JsonReader arguments, ReadOnlySpan<byte> json)
    {
        if (!string.IsNullOrEmpty(name)) call.Name ??= name;
        var text = arguments.TokenType switch
        {
            JsonTokenType.String => WireText.Read(ref arguments),

            // Ollama's way.
            JsonTokenType.StartObject => Encoding.UTF8.GetString(Wire.Span(arguments, json)),
            _ => null,
        };
        if (call.CustomInput is not null)
        {
            HasCalls = true;
            call.CustomInput.Append(text);
            return;
        }
        if (call.IsEnded) return;
        if (call.Name == AnswerTool.Name)
        {
            HasAnswer = true;
            if (!string.IsNullOrEmpty(text)) parts.Add(ReplyPartKind.Text, text);
            return;
        }
        HasCalls = true;
        if (call.Part < 0 && (call.Name is not null || !string.IsNullOrEmpty(text)))
        {
            parts.Close();
            call.Part = parts.Start(ReplyPartKind.ToolCall, string.IsNullOrEmpty(call.Id) ? null : call.Id, call.Name ?? "");
        }
        if (string.IsNullOrEmpty(text)) return;
        call.Balance.Add(text);
        parts.Send(ReplyEventKind.Delta, ReplyPartKind.ToolCall, call.Part, text);
    }

    void End(Call call)
    {
        if (call.IsEnded) return;
        call.IsEnded = true;
        if (call.CustomInput is not null) parts.AddOpaque("custom", CustomOf(call), call.Id);
        else if (call.Part >= 0) parts.End(call.Part, ReplyPartKind.ToolCall);
    }

    static JsonText CustomOf(Call call)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WireText.Options))
        {
            json.WriteStartObject();
            WireText.Write(json, "id", call.Id);
            json.WriteString("type", "custom");
            json.WriteStartObject("custom");
            WireText.Write(json, "name", call.Name);
            WireText.Write(json, "input", call.CustomInput!.ToString());
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new JsonText(buffer.WrittenMemory);
    }

    sealed class Call(long index)
    {
        public long Index { get; } = index;
        public string? Id { get; set; }
        public string? Name { get; set; }

        /// <summary>Number of its part; -1 before it began.</summary>
        public int Part { get; set; } = -1;

        public bool IsEnded { get; set; }

        /// <summary>Whether its arguments are a whole JSON object: then nothing more will come, and it can end when the next call begins.</summary>
        public JsonBalance Balance { get; } = new();

        /// <summary>Input of a custom tool, which is passed on whole; null for a function.</summary>
        public StringBuilder? CustomInput { get; set; }
    }
}
