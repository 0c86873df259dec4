namespace Weir.Ai;

/// <summary>
/// Stands before the writer of a stream that may outgrow what it holds of its budgets: counts what passes, and can end the stream as the provider would have
/// ended it at a limit of tokens.
/// </summary>
sealed class StreamMeter(TokenCount tokens, IReplySink next) : IReplySink
{
    readonly List<(int Choice, int Part, ReplyPartKind Kind)> _open = [];
    readonly SortedSet<int> _choices = [];

    public void On(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.PartStarted:
                _open.Add((reply.Choice, reply.Part, reply.PartKind));
                _choices.Add(reply.Choice);
                tokens.Saw(reply.Name);
                tokens.Saw(reply.Text);
                break;
            case ReplyEventKind.Delta:
                tokens.Saw(reply.Text);
                break;
            case ReplyEventKind.PartEnded:
                var (choice, part) = (reply.Choice, reply.Part);
                _open.RemoveAll(each => each.Choice == choice && each.Part == part);
                break;
            case ReplyEventKind.Finished:
                _choices.Remove(reply.Choice);
                break;
            default:
                break;
        }
        next.On(reply);
    }

    /// <summary>Ends what is open, in order, and then the answer.</summary>
    public void End(TokenUsage usage)
    {
        foreach (var (choice, part, kind) in _open)
            next.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Choice = choice, Part = part, PartKind = kind });
        foreach (var choice in _choices)
            next.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Choice = choice, Stop = StopReason.MaxTokens });
        next.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = usage });
        next.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
    }
}
