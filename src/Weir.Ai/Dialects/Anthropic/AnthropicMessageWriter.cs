using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes the conversation by Anthropic's rules: system messages stand beside it, user and assistant alternate and the user begins, results of tools stand
/// first in the user's message, no block is empty.
/// </summary>
sealed class AnthropicMessageWriter
{
    readonly ChatRequest _request;
    readonly Losses _losses;
    readonly Utf8JsonWriter _writer;
    readonly AnthropicBlockWriter _blocks;
    readonly List<Part> _system = [];
    readonly List<Turn> _turns = [];

    public AnthropicMessageWriter(ChatRequest request, ModelTarget target, Losses losses, Utf8JsonWriter writer)
    {
        (_request, _losses, _writer) = (request, losses, writer);
        _blocks = new AnthropicBlockWriter(request.Dialect, target, losses, writer);
    }

    bool IsOwn => _request.Dialect == DialectName.Anthropic;

    public void Write()
    {
        foreach (var message in _request.Messages) Add(message);
        if (_system.Count > 0)
        {
            _writer.WritePropertyName("system"u8);
            _blocks.WriteContent(_system);
        }
        _writer.WriteStartArray("messages"u8);
        // A conversation must begin with the user; the least there is to say stands in for one that does not.
        if (_turns.Count == 0 || (_turns[0].Role == Role.Assistant && !IsOwn)) WriteTurn(new Turn(Role.User) { Parts = { new TextPart(".") } });
        foreach (var turn in _turns) WriteTurn(turn);
        _writer.WriteEndArray();
    }

    void Add(Message message)
    {
        var isSystem = message.Role is Role.System or Role.Developer;
        // Anthropic's newest models take system messages between the others; whoever speaks another dialect cannot know, so theirs go to the top.
        var role = isSystem && IsOwn && _turns.Count > 0 ? Role.System
            : message.Role == Role.Assistant ? Role.Assistant
            : Role.User;
        var parts = isSystem && role != Role.System ? _system : TurnOf(role).Parts;
        foreach (var part in message.Parts)
            if (_blocks.IsTaken(part, isSystem ? Role.System : role)) parts.Add(part);
        if (message.Name is not null) _losses.Add("messages.name");
        if (!IsOwn) _losses.Add("messages", message.Extras);
        else if (parts != _system) _turns[^1].Extras.AddRange(message.Extras);
        if (_turns is [.., { Parts.Count: 0, Extras.Count: 0 }]) _turns.RemoveAt(_turns.Count - 1);
    }

    Turn TurnOf(Role role)
    {
        if (_turns.Count > 0 && _turns[^1].Role == role) return _turns[^1];
        var turn = new Turn(role);
        _turns.Add(turn);
        return turn;
    }

    void WriteTurn(Turn turn)
    {
        if (turn.Role == Role.User) ResultsFirst(turn.Parts);
        _writer.WriteStartObject();
        _writer.WriteString("role"u8, turn.Role switch { Role.Assistant => "assistant"u8, Role.System => "system"u8, _ => "user"u8 });
        _writer.WritePropertyName("content"u8);
        _blocks.WriteContent(turn.Parts);
        AnthropicJson.WriteFields(_writer, turn.Extras);
        _writer.WriteEndObject();
    }

    static void ResultsFirst(List<Part> parts)
    {
        var next = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is not ToolResultPart result) continue;
            if (i > next)
            {
                parts.RemoveAt(i);
                parts.Insert(next, result);
            }
            next++;
        }
    }

    sealed record Turn(Role Role)
    {
        public List<Part> Parts { get; } = [];

        public List<Extra> Extras { get; } = [];
    }
}
