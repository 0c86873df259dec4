namespace Weir.Ai;

/// <summary>The scanners of a call over one answer, each before the next, and what they have done so far.</summary>
sealed class ReplyScreens : IReplySink
{
    readonly ReplyScreen[] _screens;
    readonly Gate _gate;

    public ReplyScreens(IReadOnlyList<TextScanner> scanners, IReplySink next, Losses losses)
    {
        _gate = new Gate(next);
        _screens = new ReplyScreen[scanners.Count];
        IReplySink sink = _gate;
        for (var i = scanners.Count - 1; i >= 0; i--) sink = _screens[i] = new ReplyScreen(scanners[i], sink, losses);
    }

    /// <summary>Content has gone on to the client's side.</summary>
    public bool HasPassed => _gate.HasPassed;

    /// <summary>All that came has gone on.</summary>
    public bool IsClean => Array.TrueForAll(_screens, static screen => screen.IsClean);

    /// <summary>Something was replaced.</summary>
    public bool IsEdited => Array.Exists(_screens, static screen => screen.IsEdited);

    /// <summary>Why a scanner has ended the answer; null while none has.</summary>
    public LlmError? Stop => Array.Find(_screens, static screen => screen.Stop is not null)?.Stop;

    public void On(in ReplyEvent reply) => (_screens.Length == 0 ? _gate : (IReplySink)_screens[0]).On(reply);

    /// <summary>Notes that there was content.</summary>
    sealed class Gate(IReplySink next) : IReplySink
    {
        public bool HasPassed { get; private set; }

        public void On(in ReplyEvent reply)
        {
            // A text that has begun may yet be held back from its first character on.
            HasPassed |= reply.Kind is ReplyEventKind.Delta or ReplyEventKind.Finished
                || (reply is { Kind: ReplyEventKind.PartStarted, PartKind: not (ReplyPartKind.Text or ReplyPartKind.Reasoning or ReplyPartKind.Refusal) });
            next.On(reply);
        }
    }
}
