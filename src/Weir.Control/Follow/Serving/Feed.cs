namespace Weir.Control;

/// <summary>
/// What gateways are told: the newest state, the last transactions as changes of entities, and both as frames, made once for all who need them. Changes of what
/// gateways do not get move the revision and nothing else.
/// </summary>
sealed class Feed(FollowLimits limits)
{
    readonly Lock _lock = new();
    readonly LinkedList<Step> _steps = new();
    long _keptBytes;
    ControlState _state = ControlState.Empty;
    ContentSum _content;
    FollowPoint _head = FollowPoint.None;
    (FollowPoint From, FollowPoint To, List<byte[]> Frames)? _lastDelta;
    (FollowPoint At, Lazy<List<byte[]>> Frames)? _snapshot;

    /// <summary>One transaction.</summary>
    sealed record Step(FollowPoint Before, FollowPoint After, IReadOnlyList<EntityRow> Rows, long Bytes);

    public FollowPoint Head
    {
        get
        {
            lock (_lock) return _head;
        }
    }

    /// <summary>Starts at a state, with transactions that led to it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="before">Point before the first of them.</param>
    /// <param name="last">The last transactions, in order; the state is what they come to. May be none.</param>
    public void Start(ControlState state, JournalHead before, IReadOnlyList<(Transaction Transaction, JournalHead Head)> last)
    {
        var content = default(ContentSum);
        foreach (var (workspace, entity) in FollowKinds.Of(state)) content = content.With(workspace, entity.Kind, entity.Id, entity.Json.Span);
        lock (_lock)
        {
            (_state, _content) = (state, content);
            _head = new FollowPoint(state.Revision, state.Head.HashText, content.ToString());
            // Backwards: what a state was before a transaction is known from what it is after it.
            var after = _head;
            for (var i = last.Count - 1; i >= 0; i--)
            {
                foreach (var change in Sent(last[i].Transaction)) content = Moved(content, change, isBack: true);
                var head = i > 0 ? last[i - 1].Head : before;
                var point = new FollowPoint(head.Revision, head.HashText, content.ToString());
                _steps.AddFirst(StepOf(last[i].Transaction, point, after));
                _keptBytes += _steps.First!.Value.Bytes;
                after = point;
            }
            Trim();
        }
    }

    /// <summary>Goes on by transactions.</summary>
    /// <param name="state">The state after the last of them.</param>
    /// <param name="next">They, in order.</param>
    public void Advance(ControlState state, IReadOnlyList<(Transaction Transaction, JournalHead Head)> next)
    {
        lock (_lock)
        {
            foreach (var (transaction, head) in next)
            {
                foreach (var change in Sent(transaction)) _content = Moved(_content, change, isBack: false);
                var after = new FollowPoint(head.Revision, head.HashText, _content.ToString());
                var step = StepOf(transaction, _head, after);
                _steps.AddLast(step);
                _keptBytes += step.Bytes;
                _head = after;
            }
            _state = state;
            // Whoever is being sent the whole of an older state has hold of it.
            _snapshot = null;
            Trim();
        }
    }

    /// <summary>Frames that bring a gateway from what it has to the newest state; null when it has it.</summary>
    public (FollowPoint To, IReadOnlyList<byte[]> Frames)? Next(FollowPoint have)
    {
        Lazy<List<byte[]>> snapshot;
        FollowPoint to;
        lock (_lock)
        {
            if (have == _head) return null;
            to = _head;
            if (_lastDelta is { } made && made.From == have && made.To == to) return (to, made.Frames);
            if (RowsSince(have) is { } rows)
            {
                var frames = UpdateFrames.Of(rows, have, to, limits);
                _lastDelta = (have, to, frames);
                return (to, frames);
            }
            if (_snapshot is not { } kept || kept.At != to)
            {
                var state = _state;
                _snapshot = kept = (to, new Lazy<List<byte[]>>(() => UpdateFrames.Of(state, to, limits)));
            }
            snapshot = kept.Frames;
        }
        return (to, snapshot.Value);
    }

    /// <summary>What changed since a point, last word per entity; null when the point is not known.</summary>
    IReadOnlyCollection<EntityRow>? RowsSince(FollowPoint point)
    {
        var step = _steps.Last;
        while (step is not null && step.Value.Before != point) step = step.Previous;
        if (step is null) return null;
        var rows = new Dictionary<(Guid, ControlKind, Guid), EntityRow>();
        for (; step is not null; step = step.Next)
            foreach (var row in step.Value.Rows)
            {
                // In the order of the last word: what an entity refers to comes before it, as in its transaction.
                rows.Remove((row.Workspace, row.Kind, row.Id));
                rows[(row.Workspace, row.Kind, row.Id)] = row;
            }
        return rows.Values;
    }

    void Trim()
    {
        while (_steps.Count > limits.RevisionsKept || (_keptBytes > limits.KeptBytesMax && _steps.Count > 0))
        {
            _keptBytes -= _steps.First!.Value.Bytes;
            _steps.RemoveFirst();
        }
    }

    static Step StepOf(Transaction transaction, FollowPoint before, FollowPoint after)
    {
        List<EntityRow> rows = [.. Sent(transaction).Select(static change => new EntityRow(change.Workspace, change.Kind, change.Id, change.After))];
        return new Step(before, after, rows, rows.Sum(static row => (long)(row.Json?.Length ?? 0)));
    }

    static IEnumerable<Change> Sent(Transaction transaction) => transaction.Changes.Where(static change => FollowKinds.IsSent(change.Kind));

    static ContentSum Moved(ContentSum content, Change change, bool isBack)
    {
        var (gone, there) = isBack ? (change.After, change.Before) : (change.Before, change.After);
        if (gone is { } left) content = content.Without(change.Workspace, change.Kind, change.Id, left.Span);
        return there is { } came ? content.With(change.Workspace, change.Kind, change.Id, came.Span) : content;
    }
}
