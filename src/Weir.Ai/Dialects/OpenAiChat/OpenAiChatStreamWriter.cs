using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes a streamed answer, every event a chunk: the role first, then pieces of the message, why it stopped, usage if the client asked for it, and [DONE].
/// </summary>
sealed class OpenAiChatStreamWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly OpenAiChatChunkWriter _chunks = new(shape, output);
    readonly List<Choice> _choices = [];
    readonly List<Extra> _usageExtras = [];
    TokenUsage? _usage;
    DialectName? _from;

    bool IsOwn => _from == DialectName.OpenAiChat;

    public override void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                _from = reply.Dialect;
                _chunks.Head.Begin(in reply);
                Find(0);
                break;
            case ReplyEventKind.PartStarted: StartPart(Find(reply.Choice), in reply); break;
            case ReplyEventKind.Delta: WriteDelta(Find(reply.Choice), in reply); break;
            case ReplyEventKind.Signature or ReplyEventKind.Encrypted: WriteProof(Find(reply.Choice), in reply); break;
            case ReplyEventKind.Annotations: WriteAnnotations(Find(reply.Choice), in reply); break;
            case ReplyEventKind.Logprobs:
                _chunks.WriteLogprobs(Find(reply.Choice).Number, reply.Json, reply.PartKind == ReplyPartKind.Refusal);
                break;
            case ReplyEventKind.PartEnded when reply.PartKind == ReplyPartKind.Image: WriteImage(Find(reply.Choice)); break;
            case ReplyEventKind.PartEnded when reply.PartKind == ReplyPartKind.ToolCall: WriteWholeCall(Find(reply.Choice), reply.Part); break;
            case ReplyEventKind.Finished: Finish(Find(reply.Choice), in reply); break;
            case ReplyEventKind.Usage: _usage = reply.Usage; break;
            case ReplyEventKind.Extra: KeepExtra(in reply); break;
            case ReplyEventKind.Ended:
                if (shape.ShowsUsage && _usage is not null) _chunks.WriteUsage(_usage, _usageExtras);
                _chunks.WriteDone();
                break;
            case ReplyEventKind.Failed:
                _chunks.WriteError(reply.Error!);
                _chunks.WriteDone();
                break;
        }
    }

    public override void Complete()
    {
    }

    void StartPart(Choice choice, in ReplyEvent reply)
    {
        switch (reply.PartKind)
        {
            case ReplyPartKind.ToolCall:
                choice.Calls.Add(reply.Part);
                var id = reply.Id ?? $"call_{shape.Id}_{reply.Part}";
                if (shape.IsForMistral) choice.Held.Add((reply.Part, id, reply.Name ?? "", new StringBuilder()));
                else WriteCall(choice, choice.Calls.Count - 1, id, reply.Name ?? "", "");
                break;
            case ReplyPartKind.Reasoning:
                choice.Thoughts.Clear();
                if (IsOwn && reply.Name == OpenAiChatReasoning.Plain) choice.ReasoningField = OpenAiChatReasoning.Plain;
                break;
            case ReplyPartKind.Text when reply.Name == OpenAiChatAudio.Transcript: choice.Transcript = reply.Part; break;
            case ReplyPartKind.Audio:
                var json = _chunks.Begin(choice.Number);
                json.WriteStartObject("audio"u8);
                WireText.Write(json, "id", reply.Id ?? $"audio_{shape.Id}");
                json.WriteEndObject();
                _chunks.End();
                break;
            case ReplyPartKind.Image: (choice.ImageType, choice.Image) = (reply.Name, new StringBuilder()); break;
            case ReplyPartKind.Opaque: WriteCustomCall(choice, in reply); break;
        }
    }

    void WriteDelta(Choice choice, in ReplyEvent reply)
    {
        var text = reply.Text ?? "";
        switch (reply.PartKind)
        {
            case ReplyPartKind.Text when reply.Part == choice.Transcript: WriteAudio(choice, "transcript", text); break;
            case ReplyPartKind.Text: WriteText(choice, "content", text); break;
            case ReplyPartKind.Refusal:
                choice.HasRefused = true;
                WriteText(choice, "refusal", text);
                break;
            case ReplyPartKind.Reasoning:
                choice.Thoughts.Append(text);
                WriteText(choice, choice.ReasoningField, text);
                break;
            case ReplyPartKind.Audio: WriteAudio(choice, "data", text); break;
            case ReplyPartKind.Image: choice.Image?.Append(text); break;
            case ReplyPartKind.ToolCall when choice.HeldCall(reply.Part) is { } held: held.Arguments.Append(text); break;
            case ReplyPartKind.ToolCall:
                var json = BeginCall(choice, choice.Calls.IndexOf(reply.Part));
                json.WriteStartObject("function"u8);
                WireText.Write(json, "arguments", text);
                json.WriteEndObject();
                EndCall();
                break;
        }
    }

    void WriteCall(Choice choice, int index, string id, string name, string arguments)
    {
        var json = BeginCall(choice, index);
        WireText.Write(json, "id", id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        WireText.Write(json, "name", name);
        WireText.Write(json, "arguments", arguments);
        json.WriteEndObject();
        EndCall();
    }

    void WriteWholeCall(Choice choice, int part)
    {
        if (choice.HeldCall(part) is not { } held) return;
        choice.Held.Remove(held);
        WriteCall(choice, choice.Calls.IndexOf(part), held.Id, held.Name, held.Arguments.ToString());
    }

    void WriteText(Choice choice, string field, string text)
    {
        WireText.Write(_chunks.Begin(choice.Number), field, text);
        _chunks.End();
    }

    void WriteAudio(Choice choice, string field, string text)
    {
        var json = _chunks.Begin(choice.Number);
        json.WriteStartObject("audio"u8);
        WireText.Write(json, field, text);
        json.WriteEndObject();
        _chunks.End();
    }

    /// <summary>Signatures and encrypted thoughts, where OpenRouter puts them; those of a call, where Google's compatible endpoint does.</summary>
    void WriteProof(Choice choice, in ReplyEvent reply)
    {
        if (reply.PartKind == ReplyPartKind.ToolCall && choice.Calls.IndexOf(reply.Part) is >= 0 and var index)
        {
            // Mistral's client keeps no such thing, and takes every piece for a call.
            if (shape.IsForMistral) return;
            var call = BeginCall(choice, index);
            OpenAiChatProofs.WriteOfCall(call, reply.Text);
            // Clients that check what they read want the function in every piece of a call.
            call.WriteStartObject("function"u8);
            call.WriteString("arguments"u8, "");
            call.WriteEndObject();
            EndCall();
            return;
        }
        if (reply.PartKind != ReplyPartKind.Reasoning)
        {
            shape.Losses.Add("signature");
            return;
        }
        var json = _chunks.Begin(choice.Number);
        json.WriteStartArray(OpenAiChatReasoning.Details);
        OpenAiChatProofs.Write(json, in reply, choice.Thoughts.ToString(), _from);
        json.WriteEndArray();
        _chunks.End();
    }

    void WriteAnnotations(Choice choice, in ReplyEvent reply)
    {
        if (!IsOwn)
        {
            shape.Losses.Add("annotations");
            return;
        }
        var json = _chunks.Begin(choice.Number);
        json.WritePropertyName("annotations"u8);
        reply.Json.WriteTo(json);
        _chunks.End();
    }

    void WriteImage(Choice choice)
    {
        var json = _chunks.Begin(choice.Number);
        json.WriteStartArray("images"u8);
        OpenAiChatImages.Write(json, choice.ImageType, choice.Image!.ToString());
        json.WriteEndArray();
        _chunks.End();
        choice.Image = null;
    }

    void WriteCustomCall(Choice choice, in ReplyEvent reply)
    {
        if (!IsOwn || reply.Name != "custom")
        {
            shape.Losses.Add(reply.Name ?? "opaque");
            return;
        }
        choice.Calls.Add(reply.Part);
        OpenAiChatCustomCall.Write(BeginCall(choice, choice.Calls.Count - 1), reply.Json);
        EndCall();
    }

    void Finish(Choice choice, in ReplyEvent reply)
    {
        var json = _chunks.Begin(choice.Number);
        foreach (var extra in choice.MessageExtras) OpenAiChatExtras.Write(json, extra);
        if (choice.AudioExtras.Count > 0)
        {
            json.WriteStartObject("audio"u8);
            foreach (var extra in choice.AudioExtras) OpenAiChatExtras.Write(json, extra);
            json.WriteEndObject();
        }
        _chunks.End(OpenAiChatStops.Write(reply.Stop, reply.Name, choice.HasRefused), reply.Text, choice.Extras);
    }

    /// <summary>Fields of the answer stand in the next chunk, those of a choice in its last one.</summary>
    void KeepExtra(in ReplyEvent reply)
    {
        var (place, extra) = OpenAiChatExtras.Split(in reply);
        if (!IsOwn) shape.Losses.Add(extra.Name);
        else if (place == OpenAiChatExtras.Usage) _usageExtras.Put(extra);
        else if (place == OpenAiChatExtras.Choice) Find(reply.Choice).Extras.Put(extra);
        else if (place == OpenAiChatExtras.Message) Find(reply.Choice).MessageExtras.Put(extra);
        else if (place == OpenAiChatExtras.Audio) Find(reply.Choice).AudioExtras.Put(extra);
        else _chunks.Keep(extra);
    }

    Utf8JsonWriter BeginCall(Choice choice, int index)
    {
        var json = _chunks.Begin(choice.Number);
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        return json;
    }

    void EndCall()
    {
        _chunks.Json.WriteEndObject();
        _chunks.Json.WriteEndArray();
        _chunks.End();
    }

    /// <summary>A choice; its first chunk says the role.</summary>
    Choice Find(int number)
    {
        foreach (var choice in _choices)
            if (choice.Number == number) return choice;
        var added = new Choice(number);
        _choices.Add(added);
        var json = _chunks.Begin(number);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, ""u8);
        _chunks.End();
        return added;
    }

    sealed class Choice(int number)
    {
        public int Number { get; } = number;

        /// <summary>Numbers of the parts that are calls: a call's index is its place here.</summary>
        public List<int> Calls { get; } = [];

        /// <summary>Calls that are written when they are complete.</summary>
        public List<(int Part, string Id, string Name, StringBuilder Arguments)> Held { get; } = [];

        public (int Part, string Id, string Name, StringBuilder Arguments)? HeldCall(int part)
        {
            foreach (var held in Held)
                if (held.Part == part) return held;
            return null;
        }

        /// <summary>The thoughts of the part that is open, for the signature that follows them.</summary>
        public StringBuilder Thoughts { get; } = new();

        public string ReasoningField { get; set; } = OpenAiChatReasoning.Content;

        /// <summary>Number of the part that is the transcript of the sound; -1 for none.</summary>
        public int Transcript { get; set; } = -1;

        public string? ImageType { get; set; }
        public StringBuilder? Image { get; set; }
        public bool HasRefused { get; set; }
        public List<Extra> Extras { get; } = [];
        public List<Extra> MessageExtras { get; } = [];
        public List<Extra> AudioExtras { get; } = [];
    }
}
