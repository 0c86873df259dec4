namespace Weir.Ai;

/// <summary>
/// One scanner over an answer: stands before the sink that writes it. Texts, thoughts, refusals and arguments of tools pass as far as the scanner has decided;
/// what belongs to a piece that is held back (log probabilities, annotations, signatures) waits with it. Proofs and log probabilities of a text that was
/// changed are no longer true, and are left out.
/// </summary>
sealed class ReplyScreen(TextScanner scanner, IReplySink next, Losses losses) : IReplySink
{
    readonly List<ScreenedPart> _parts = [];

    /// <summary>All that came has gone on.</summary>
    public bool IsClean
    {
        get
        {
            foreach (var part in _parts)
                if (part.Text.IsHeld) return false;
            return true;
        }
    }

    /// <summary>Something was replaced.</summary>
    public bool IsEdited { get; private set; }

    /// <summary>Why the answer was ended; null while it was not.</summary>
    public LlmError? Stop { get; private set; }

    public void On(in ReplyEvent reply)
    {
        if (Stop is not null) return;
        switch (reply.Kind)
        {
            case ReplyEventKind.PartStarted:
                Start(reply);
                break;
            case ReplyEventKind.Delta when Find(reply) is { } part:
                Pass(part, part.Text.Take(reply.Text ?? ""), reply);
                break;
            case ReplyEventKind.Signature or ReplyEventKind.Encrypted or ReplyEventKind.Annotations or ReplyEventKind.Logprobs when Find(reply) is { } part:
                part.Late.Add(reply);
                PassLate(part);
                break;
            case ReplyEventKind.PartEnded when Find(reply) is { } part:
                End(part);
                if (Stop is null) next.On(part.Text.IsEdited ? WithoutJson(reply) : reply);
                break;
            case ReplyEventKind.Finished or ReplyEventKind.Ended or ReplyEventKind.Failed:
                while (Stop is null && Open(reply) is { } open) End(open);
                if (Stop is null) next.On(reply);
                break;
            default:
                next.On(reply);
                break;
        }
    }

    void Start(in ReplyEvent reply)
    {
        var place = new TextPlace(IsReply: true, Role.Assistant, reply.PartKind);
        if (reply.PartKind is ReplyPartKind.Opaque && scanner.Begin(place) is not null)
        {
            var (json, stop) = ScannedJson.Scan(reply.Json, scanner, place);
            IsEdited |= json is not null;
            if (stop is not null) End(stop);
            else next.On(json is { } changed ? WithJson(reply, changed) : reply);
            return;
        }
        next.On(reply);
        if (reply.PartKind is ReplyPartKind.Audio or ReplyPartKind.Image or ReplyPartKind.Opaque || scanner.Begin(place) is not { } scan) return;
        var text = new ScannedText(scan, scanner.HoldCharsMax, isJson: reply.PartKind == ReplyPartKind.ToolCall);
        _parts.Add(new ScreenedPart(reply.Choice, reply.Part, reply.PartKind, text));
    }

    void Pass(ScreenedPart part, string text, in ReplyEvent reply)
    {
        IsEdited |= part.Text.IsEdited;
        if (ReferenceEquals(text, reply.Text)) next.On(reply);
        else if (text.Length > 0) next.On(DeltaOf(part, text));
        if (part.Text.Stop is { } stop) End(stop);
        else PassLate(part);
    }

    void PassLate(ScreenedPart part)
    {
        if (part.Text.IsHeld) return;
        foreach (var late in part.Late)
        {
            if (!part.Text.IsEdited) next.On(late);
            else if (late.Kind != ReplyEventKind.Annotations) losses.Add(late.Kind == ReplyEventKind.Logprobs ? "logprobs" : "signature");
        }
        part.Late.Clear();
    }

    /// <summary>The text is whole: what was held back is decided.</summary>
    void End(ScreenedPart part)
    {
        _parts.Remove(part);
        Pass(part, part.Text.Take("", isEnd: true), default(ReplyEvent) with { Kind = ReplyEventKind.Delta });
    }

    void End(LlmError stop)
    {
        Stop = stop;
        next.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = stop });
    }

    ScreenedPart? Find(in ReplyEvent reply)
    {
        foreach (var part in _parts)
            if (part.Number == reply.Part && part.Choice == reply.Choice) return part;
        return null;
    }

    /// <summary>A part that an end of the answer, or of its choice, finds open.</summary>
    ScreenedPart? Open(in ReplyEvent reply)
    {
        foreach (var part in _parts)
            if (reply.Kind != ReplyEventKind.Finished || part.Choice == reply.Choice) return part;
        return null;
    }

    static ReplyEvent DeltaOf(ScreenedPart part, string text) =>
        new() { Kind = ReplyEventKind.Delta, Choice = part.Choice, Part = part.Number, PartKind = part.Kind, Text = text };

    static ReplyEvent WithJson(in ReplyEvent reply, JsonText json) => reply with { Json = json };

    /// <summary>An end may repeat the text in its dialect's own words.</summary>
    static ReplyEvent WithoutJson(in ReplyEvent reply) => reply with { Json = default };

    /// <summary>One text of the answer.</summary>
    sealed record ScreenedPart(int Choice, int Number, ReplyPartKind Kind, ScannedText Text)
    {
        /// <summary>What waits for the text before it.</summary>
        public List<ReplyEvent> Late { get; } = [];
    }
}
