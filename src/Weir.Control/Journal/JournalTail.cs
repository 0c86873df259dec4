namespace Weir.Control;

/// <summary>The head of a journal, and those who wait for it to move.</summary>
sealed class JournalTail(JournalHead head)
{
    readonly Lock _lock = new();
    JournalHead _head = head;
    TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalHead Head
    {
        get
        {
            lock (_lock) return _head;
        }
    }

    /// <summary>Moves the head on; never back.</summary>
    public void MoveTo(JournalHead head)
    {
        TaskCompletionSource moved;
        lock (_lock)
        {
            if (head.Revision <= _head.Revision) return;
            _head = head;
            (moved, _moved) = (_moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        moved.SetResult();
    }

    /// <summary>Returns once the head is past a revision.</summary>
    public async Task WaitAsync(long afterRevision, CancellationToken cancellation)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_head.Revision > afterRevision) return;
                moved = _moved.Task;
            }
            await moved.WaitAsync(cancellation);
        }
    }
}
