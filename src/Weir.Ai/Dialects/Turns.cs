namespace Weir.Ai;

/// <summary>
/// A conversation in the form that Claude's wires demand: system messages stand beside it, user and assistant alternate and the user begins, results of
/// tools stand first in the user's turn.
/// </summary>
sealed class Turns
{
    readonly List<Part> _system = [];
    readonly List<Turn> _turns = [];

    /// <summary>The parts of the system messages.</summary>
    public IReadOnlyList<Part> System => _system;

    public IReadOnlyList<Turn> All => _turns;

    /// <param name="request">The request.</param>
    /// <param name="own">Dialect that is written.</param>
    /// <param name="losses">Gets what messages say and turns cannot.</param>
    /// <param name="isTaken">Whether there is a block for a part in a message of that role; it names the loss itself.</param>
    public static Turns Of(ChatRequest request, DialectName own, Losses losses, Func<Part, Role, bool> isTaken)
    {
        var turns = new Turns();
        foreach (var message in request.Messages) turns.Add(message, request.Dialect == own, losses, isTaken);
        foreach (var turn in turns._turns)
            if (turn.Role == Role.User) ResultsFirst(turn.Parts);
        // A conversation must begin with the user; the least there is to say stands in for one that does not.
        if (turns._turns.Count == 0 || (turns._turns[0].Role == Role.Assistant && request.Dialect != own))
            turns._turns.Insert(0, new Turn(Role.User) { Parts = { new TextPart(".") } });
        return turns;
    }

    void Add(Message message, bool isOwn, Losses losses, Func<Part, Role, bool> isTaken)
    {
        var isSystem = message.Role is Role.System or Role.Developer;
        // Anthropic's newest models take system messages between the others; whoever speaks another dialect cannot know, so theirs go to the top.
        if (isSystem && !isOwn && _turns.Count > 0) losses.Add("messages.role");
        var role = isSystem && isOwn && _turns.Count > 0 ? Role.System
            : message.Role == Role.Assistant ? Role.Assistant
            : Role.User;
        var parts = isSystem && role != Role.System ? _system : TurnOf(role).Parts;
        foreach (var part in message.Parts)
            if (isTaken(part, isSystem ? Role.System : role)) parts.Add(part);
        if (message.Name is not null) losses.Add("messages.name");
        if (!isOwn) losses.Add("messages", message.Extras);
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
}

/// <summary>One turn of a conversation: what one side says, and the results of tools with what the user says.</summary>
/// <param name="Role">User, Assistant, or System.</param>
sealed record Turn(Role Role)
{
    public List<Part> Parts { get; } = [];

    public List<Extra> Extras { get; } = [];
}
