namespace Weir.Control;

/// <summary>What a gateway gets next.</summary>
/// <param name="To">What it has then; the newest point when it gets nothing.</param>
/// <param name="Frames">What it is sent.</param>
/// <param name="Problems">Why it gets nothing: what it cannot be told. Empty when it does.</param>
sealed record FeedNext(FollowPoint To, IReadOnlyList<byte[]> Frames, IReadOnlyList<string> Problems);

/// <summary>
/// What gateways of one vocabulary are told: the newest state, the last transactions as changes of entities, and both as frames, made once for all who need
/// them. Changes of what gateways do not get move the revision and nothing else.
/// </summary>
/// <param name="fitting">How entities are made to fit; null for gateways that know what this version knows.</param>
/// <param name="limits">How much is kept.</param>
sealed class Feed(Fitting? fitting, FollowLimits limits)
{
    readonly Lock _lock = new();
    readonly LinkedList<Step> _steps = new();
    readonly Dictionary<(Guid Workspace, ControlKind Kind, Guid Id), string> _unfit = [];
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
        lock (_lock)
        {
            var content = default(ContentSum);
            foreach (var (workspace, entity) in FollowKinds.Of(state))
            {
                var fitted = Fit(entity.Kind, entity.Id, entity.Json);
                if (fitted.Json is { } json) content = content.With(workspace, entity.Kind, entity.Id, json.Span);
                else _unfit[(workspace, entity.Kind, entity.Id)] = fitted.Problem;
            }
            (_state, _content) = (state, content);
            _head = new FollowPoint(state.Revision, state.Head.HashText, content.ToString());
            // Backwards: what a state was before a transaction is known from what it is after it.
            var after = _head;
            for (var i = last.Count - 1; i >= 0 && _keptBytes <= limits.KeptBytesMax; i--)
            {
                foreach (var change in Sent(last[i].Transaction)) content = Moved(content, change, change.After, change.Before);
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
                if (head.Revision <= _head.Revision) continue;
                foreach (var change in Sent(transaction))
                {
                    _content = Moved(_content, change, change.Before, change.After);
                    var key = (change.Workspace, change.Kind, change.Id);
                    _unfit.Remove(key);
                    if (fitting is not null && change.After is { } there && Fit(change.Kind, change.Id, there).Problem is { Length: > 0 } problem)
                        _unfit[key] = problem;
                }
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

    /// <summary>What brings a gateway from what it has to the newest state; null when it has it.</summary>
    public FeedNext? Next(FollowPoint have)
    {
        Lazy<List<byte[]>> snapshot;
        FollowPoint to;
        lock (_lock)
        {
            if (have == _head) return null;
            to = _head;
            if (_unfit.Count > 0) return new FeedNext(to, [], [.. _unfit.Values.Take(limits.ProblemsMax)]);
            if (_lastDelta is { } made && made.From == have && made.To == to) return new FeedNext(to, made.Frames, []);
            if (RowsSince(have) is { } rows)
            {
                var frames = UpdateFrames.Of(rows, have, to, limits);
                _lastDelta = (have, to, frames);
                return new FeedNext(to, frames, []);
            }
            if (_snapshot is not { } kept || kept.At != to)
            {
                var state = _state;
                _snapshot = kept = (to, new Lazy<List<byte[]>>(() => UpdateFrames.Of(RowsOf(state), null, to, limits)));
            }
            snapshot = kept.Frames;
        }
        return new FeedNext(to, snapshot.Value, []);
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
                rows[(row.Workspace, row.Kind, row.Id)] = row;
        return rows.Values;
    }

    IEnumerable<EntityRow> RowsOf(ControlState state) => FollowKinds.Of(state).Select(each =>
        new EntityRow(each.Workspace, each.Entity.Kind, each.Entity.Id, Fit(each.Entity.Kind, each.Entity.Id, each.Entity.Json).Json));

    void Trim()
    {
        while (_steps.Count > limits.RevisionsKept || (_keptBytes > limits.KeptBytesMax && _steps.Count > 0))
        {
            _keptBytes -= _steps.First!.Value.Bytes;
            _steps.RemoveFirst();
        }
    }

    /// <summary>As a step. An entity that does not fit stands in it as deleted: nothing is sent before it fits, and then its newer form is.</summary>
    Step StepOf(Transaction transaction, FollowPoint before, FollowPoint after)
    {
        List<EntityRow> rows =
        [
            .. Sent(transaction).Select(change => new EntityRow(
                change.Workspace, change.Kind, change.Id, change.After is { } json ? Fit(change.Kind, change.Id, json).Json : null)),
        ];
        return new Step(before, after, rows, rows.Sum(static row => (long)(row.Json?.Length ?? 0)));
    }

    static IEnumerable<Change> Sent(Transaction transaction) => transaction.Changes.Where(static change => FollowKinds.IsSent(change.Kind));

    ContentSum Moved(ContentSum content, Change change, ReadOnlyMemory<byte>? gone, ReadOnlyMemory<byte>? there)
    {
        if (gone is { } left && Fit(change.Kind, change.Id, left).Json is { } had)
            content = content.Without(change.Workspace, change.Kind, change.Id, had.Span);
        return there is { } came && Fit(change.Kind, change.Id, came).Json is { } has
            ? content.With(change.Workspace, change.Kind, change.Id, has.Span) : content;
    }

    Fitted Fit(ControlKind kind, Guid id, ReadOnlyMemory<byte> json) => fitting?.Of(kind, id, json) ?? new Fitted(json, "");
}
