namespace Weir.Ai;

/// <summary>
/// Stands before the writer of a wire on which one part is open at a time: parts that come interleaved are put one behind the other and numbered anew. A
/// text ends where the next part begins, and so does a tool call whose arguments are complete; only what comes while an incomplete call is open is held
/// back. Of several choices the first alone is passed on.
/// </summary>
sealed class SequentialParts(IReplySink next, Losses losses) : IReplySink
{
    readonly List<ReplyEvent> _held = [];
    readonly HashSet<int> _ended = [];
    JsonBalance _arguments = new();
    ReplyPartKind _kind;
    int? _current;
    int _number = -1;

    public void On(in ReplyEvent reply)
    {
        if (reply.Choice > 0)
        {
            losses.Add("choices");
            return;
        }
        switch (reply.Kind)
        {
            case ReplyEventKind.PartStarted:
                Start(reply);
                break;
            case ReplyEventKind.Delta or ReplyEventKind.Signature or ReplyEventKind.Encrypted or ReplyEventKind.Annotations:
                Piece(reply);
                break;
            case ReplyEventKind.PartEnded:
                End(reply);
                break;
            case ReplyEventKind.Finished or ReplyEventKind.Ended or ReplyEventKind.Failed:
                while (_current is not null) EndCurrent();
                next.On(reply);
                break;
            default:
                next.On(reply);
                break;
        }
    }

    void Start(in ReplyEvent reply)
    {
        if (_current is not null && !GiveWay())
        {
            _held.Add(reply);
            return;
        }
        Begin(reply);
    }

    void Piece(in ReplyEvent reply)
    {
        if (reply.Part == _current)
        {
            Pass(reply);
            return;
        }
        if (!IsHeld(reply.Part))
        {
            // More of a part that had to give way: a call's arguments were complete, a text goes on as a part of its own.
            if (reply.PartKind == ReplyPartKind.ToolCall) return;
            Start(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = reply.Part, PartKind = reply.PartKind });
        }
        if (reply.Part == _current) Pass(reply);
        else _held.Add(reply);
    }

    void End(in ReplyEvent reply)
    {
        if (reply.Part == _current) EndCurrent();
        else if (IsHeld(reply.Part)) _ended.Add(reply.Part);
    }

    void Begin(in ReplyEvent reply)
    {
        (_current, _kind, _arguments) = (reply.Part, reply.PartKind, new JsonBalance());
        _number++;
        Pass(reply);
    }

    void Pass(in ReplyEvent reply)
    {
        if (reply.Kind == ReplyEventKind.Delta && _kind == ReplyPartKind.ToolCall) _arguments.Add(reply.Text);
        next.On(new ReplyEvent
        {
            Kind = reply.Kind,
            Part = _number,
            PartKind = _kind,
            Id = reply.Id,
            Name = reply.Name,
            Text = reply.Text,
            Json = reply.Json,
        });
    }

    /// <summary>Ends the open part for another one, if it can end.</summary>
    bool GiveWay()
    {
        if (_held.Count > 0 || (_kind == ReplyPartKind.ToolCall && !_arguments.IsComplete)) return false;
        PassEnd();
        return true;
    }

    void PassEnd()
    {
        next.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = _number, PartKind = _kind });
        _current = null;
    }

    /// <summary>Ends the open part and lets the first of those held back begin, with all that came of it.</summary>
    void EndCurrent()
    {
        PassEnd();
        while (_current is null && _held.Count > 0)
        {
            var part = _held[0].Part;
            Begin(_held[0]);
            for (var i = 1; i < _held.Count; i++)
                if (_held[i].Part == part) Pass(_held[i]);
            _held.RemoveAll(reply => reply.Part == part);
            if (_ended.Remove(part)) PassEnd();
        }
    }

    bool IsHeld(int part)
    {
        foreach (var reply in _held)
            if (reply.Part == part) return true;
        return false;
    }
}
