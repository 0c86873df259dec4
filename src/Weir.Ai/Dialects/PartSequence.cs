namespace Weir.Ai;

/// <summary>
/// Numbers the parts of one choice. Text, thoughts and refusals come one after the other: the next one ends the one before. Calls and sound may be open
/// beside each other.
/// </summary>
sealed class PartSequence(int choice, IReplySink sink)
{
    int _count;
    int _open = -1;
    ReplyPartKind _openKind;
    string? _openName;

    public int Choice => choice;

    /// <summary>A text is open, and the next piece of text goes on with it.</summary>
    public bool IsInText => _open >= 0 && _openKind == ReplyPartKind.Text && _openName is null;

    /// <summary>More of the text that is open, which nobody wants to see.</summary>
    public void Count(int chars) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Delta, Choice = choice, Part = _open, PartKind = ReplyPartKind.Text, Chars = chars });

    /// <summary>More of a text, thoughts or a refusal; begins a part if none of the kind is open.</summary>
    public void Add(ReplyPartKind kind, string text, string? name = null)
    {
        Begin(kind, name);
        Send(ReplyEventKind.Delta, kind, _open, text);
    }

    /// <summary>Begins a part that follows the one that is open, unless it goes on with it.</summary>
    public void Begin(ReplyPartKind kind, string? name = null)
    {
        if (_open >= 0 && _openKind == kind && (kind == ReplyPartKind.Reasoning || _openName == name)) return;
        Close();
        (_open, _openKind, _openName) = (Start(kind, name: name), kind, name);
    }

    /// <summary>Begins a part that its caller ends.</summary>
    public int Start(ReplyPartKind kind, string? id = null, string? name = null, JsonText json = default)
    {
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Choice = choice, Part = _count, PartKind = kind, Id = id, Name = name, Json = json });
        return _count++;
    }

    public void End(int part, ReplyPartKind kind) =>
        sink.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Choice = choice, Part = part, PartKind = kind });

    /// <summary>A part that is complete at once.</summary>
    public void AddOpaque(string kind, JsonText json, string? id = null)
    {
        Close();
        End(Start(ReplyPartKind.Opaque, id, kind, json), ReplyPartKind.Opaque);
    }

    /// <summary>Ends the part that is open.</summary>
    public void Close()
    {
        if (_open < 0) return;
        var part = _open;
        _open = -1;
        End(part, _openKind);
    }

    /// <summary>Something else about the part that is open, or about the last one.</summary>
    public void Send(ReplyEventKind kind, ReplyPartKind partKind, string text, string? id = null, string? name = null) =>
        sink.On(new ReplyEvent { Kind = kind, Choice = choice, Part = Current, PartKind = partKind, Text = text, Id = id, Name = name });

    public void Send(ReplyEventKind kind, ReplyPartKind partKind, JsonText json) =>
        sink.On(new ReplyEvent { Kind = kind, Choice = choice, Part = Current, PartKind = partKind, Json = json });

    public void Send(ReplyEventKind kind, ReplyPartKind partKind, int part, string text) =>
        sink.On(new ReplyEvent { Kind = kind, Choice = choice, Part = part, PartKind = partKind, Text = text });

    int Current => _open >= 0 ? _open : Math.Max(_count - 1, 0);
}
