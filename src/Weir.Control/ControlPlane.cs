using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>How a change is to be made.</summary>
/// <param name="IsDryRun">Only say what would change.</param>
/// <param name="ExpectedRevision">Refuse when the state has moved past this revision; null for any.</param>
/// <param name="PasswordsAreHashed">Passwords of basic-auth come as they are kept.</param>
sealed record CommitOptions(bool IsDryRun = false, long? ExpectedRevision = null, bool PasswordsAreHashed = false)
{
    public static CommitOptions Default { get; } = new();
}

/// <summary>What became of a change.</summary>
/// <param name="State">The state after it; the state it was judged on when nothing changed.</param>
/// <param name="Transaction">The record; null when nothing changed, or it was a dry run.</param>
/// <param name="Changes">What changed, or would.</param>
/// <param name="Refusals">Why nothing was done; empty when it was.</param>
sealed record Commit(ControlState State, Transaction? Transaction, IReadOnlyList<Change> Changes, IReadOnlyList<Refusal> Refusals)
{
    public bool Ok => Refusals.Count == 0;
}

/// <summary>
/// The one place where the declared state changes. A change is drafted on the current state, judged whole, appended to the journal, and only then the
/// state that everybody sees.
/// </summary>
sealed partial class ControlPlane : IAsyncDisposable
{
    /// <summary>How often a change is judged anew because another node was faster.</summary>
    const int RacesMax = 20;

    readonly IJournal _journal;
    readonly ControlParts _parts;
    readonly SemaphoreSlim _oneAtATime = new(1, 1);
    readonly Lock _becoming = new();
    readonly CancellationTokenSource _stopping = new();
    volatile ControlState _current;

    // What was given to the journal, durable or not; read and written one at a time.
    ControlState _appended;
    volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task _following = Task.CompletedTask;
    Task _keeping = Task.CompletedTask;
    long _bytesRead;

    ControlPlane(IJournal journal, ControlParts parts, ControlState state) => (_journal, _parts, _current, _appended) = (journal, parts, state, state);

    /// <summary>The state after the last durable transaction.</summary>
    public ControlState Current => _current;

    public ControlParts Parts => _parts;

    public IJournal Journal => _journal;

    /// <summary>Bytes of transactions that came into the state since it was opened, from this node and others.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>Opens the newest snapshot of the state, folds what came after it and follows what other nodes append.</summary>
    /// <exception cref="JournalBrokenException">The journal cannot be read to its end.</exception>
    public static async Task<ControlPlane> OpenAsync(IJournal journal, ControlParts parts, CancellationToken cancellation)
    {
        var start = await StateOpening.FromSnapshotAsync(journal, journal.Head.Revision, parts.Log, cancellation);
        var plane = new ControlPlane(journal, parts, start);
        await plane.CatchUpAsync(cancellation);
        plane._appended = plane._current;
        plane._keeping = Task.Run(() => new SnapshotKeeper(plane).RunAsync(start, plane._stopping.Token), CancellationToken.None);
        plane._following = Task.Run(plane.FollowAsync, CancellationToken.None);
        return plane;
    }

    /// <summary>Awaited after a change is durable, with its revision: returns when the gateway of this process serves it.</summary>
    public Func<long, CancellationToken, Task> WhenLive { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Makes a change, whole or not at all.</summary>
    /// <param name="author">Who asks for it.</param>
    /// <param name="work">Says the change to a draft; a refusal ends it. May run again when another node was faster.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Gives up as long as nothing is appended.</param>
    public async Task<Commit> CommitAsync(Author author, Func<Draft, IReadOnlyList<Refusal>> work, CommitOptions options, CancellationToken cancellation)
    {
        for (var races = 0; races < RacesMax; races++)
        {
            var (commit, append) = await AppendAsync(author, work, options, cancellation);
            if (await IsDurableAsync(append))
            {
                if (commit.Transaction is null) return commit;
                Become(commit.State);
                await WhenLive(commit.State.Revision, cancellation);
                return commit;
            }
        }
        return new Commit(_current, null, [], [new Refusal(409, 0, "", "the state keeps changing; try again")]);
    }

    /// <summary>Whether what was appended is there for good. If not, nothing that was judged on top of it counts any more.</summary>
    async Task<bool> IsDurableAsync(Task<bool> append)
    {
        var isDurable = false;
        try
        {
            return isDurable = await append;
        }
        finally
        {
            if (!isDurable) await InOrderAsync(StartOverAsync, CancellationToken.None);
        }
    }

    async Task StartOverAsync(CancellationToken cancellation)
    {
        try
        {
            await CatchUpAsync(cancellation);
        }
        catch (JournalAwayException)
        {
            // Who waits learns why the append failed; what is there is read when the journal is back.
        }
        finally
        {
            // Nothing is judged on what may not be there.
            _appended = _current;
        }
    }

    /// <summary>
    /// Judges a change and gives it to the journal. The next one is judged on top of it before the disk has it, so that those that come together are
    /// written together; when it fails, so do they.
    /// </summary>
    /// <returns>What it comes to, and when it is durable.</returns>
    async Task<(Commit Commit, Task<bool> Append)> AppendAsync(
        Author author, Func<Draft, IReadOnlyList<Refusal>> work, CommitOptions options, CancellationToken cancellation)
    {
        await TurnAsync(cancellation);
        try
        {
            var state = _appended.Revision > _current.Revision ? _appended : _current;
            var judged = Judge(state, author, work, options);
            if (!judged.Ok || judged.Changes.Count == 0 || options.IsDryRun) return (judged, Task.FromResult(true));
            var transaction = new Transaction(state.Revision + 1, _parts.Time.GetUtcNow(), author, judged.Changes);
            var record = transaction.ToRecord(state.Head);
            // From here on the change happens, whoever waits for it.
            var append = _journal.AppendAsync(record, CancellationToken.None);
            Interlocked.Add(ref _bytesRead, record.Payload.Length);
            _appended = state.With(transaction, new JournalHead(record.Revision, record.Hash));
            return (judged with { State = _appended, Transaction = transaction }, append);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Returns once the state is past a revision.</summary>
    public async Task WaitAsync(long afterRevision, CancellationToken cancellation)
    {
        while (true)
        {
            var moved = _moved;
            if (_current.Revision > afterRevision) return;
            await moved.Task.WaitAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        await _keeping;
        _stopping.Dispose();
        _oneAtATime.Dispose();
    }

    Commit Judge(ControlState state, Author author, Func<Draft, IReadOnlyList<Refusal>> work, CommitOptions options)
    {
        if (options.ExpectedRevision is { } expected && expected != state.Revision)
        {
            var message = $"the state has moved: revision {expected} was expected, {state.Revision} is current";
            return new Commit(state, null, [], [new Refusal(409, 0, "", message)]);
        }
        var draft = new Draft(state, _parts) { Author = author, PasswordsAreHashed = options.PasswordsAreHashed };
        var refused = work(draft);
        if (refused.Count > 0) return new Commit(state, null, [], refused);
        var (changes, refusals) = new DraftCheck(draft, _parts).Run();
        return new Commit(state, null, changes, refusals);
    }

    async Task InOrderAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        await TurnAsync(cancellation);
        try
        {
            await work(cancellation);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Whoever waits for a turn when the plane is closed gets none.</summary>
    async Task TurnAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        await _oneAtATime.WaitAsync(either.Token);
    }

    async Task CatchUpAsync(CancellationToken cancellation)
    {
        var start = _current;
        var (editor, head) = (start.Edit(), start.Head);
        await foreach (var record in _journal.ReadAsync(start.Revision, cancellation))
        {
            editor.Apply(Transaction.Read(record));
            head = new JournalHead(record.Revision, record.Hash);
            Interlocked.Add(ref _bytesRead, record.Payload.Length);
        }
        if (head.Revision > start.Revision) Become(editor.ToState(head));
    }

    /// <summary>Durable records come in order; who waited for them may come in any.</summary>
    void Become(ControlState state)
    {
        lock (_becoming)
        {
            if (state.Revision <= _current.Revision) return;
            _current = state;
        }
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    async Task FollowAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _journal.WaitAsync(_current.Revision, _stopping.Token);
                await InOrderAsync(CatchUpAsync, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Whatever it is: a node that stops to follow without a word serves what nobody declares any more.
                LogBehind(_parts.Log, exception, _current.Revision);
                await Task.Delay(RetryAfter, _parts.Time, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    [LoggerMessage(1, LogLevel.Error, "The journal cannot be followed; revision {Revision} stays in force")]
    static partial void LogBehind(ILogger log, Exception exception, long revision);
}
