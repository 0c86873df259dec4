using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>Writes a snapshot of the state whenever enough has happened since the last one. States never change, so nobody waits for it.</summary>
sealed partial class SnapshotKeeper(ControlPlane plane)
{
    readonly SnapshotSettings _settings = plane.Parts.Snapshots;
    readonly TimeProvider _time = plane.Parts.Time;
    long _bytesOfLast;
    long _bytesAtLast;
    long _revisionOfLast;

    /// <summary>Goes on until stopped.</summary>
    /// <param name="start">The state of the snapshot that was read.</param>
    /// <param name="stopping">Ends it; a snapshot that is being written is given up.</param>
    public async Task RunAsync(ControlState start, CancellationToken stopping)
    {
        (_revisionOfLast, _bytesOfLast) = (start.Revision, start.Revision == 0 ? 0 : StateSnapshot.BytesOf(start));
        var seen = start.Revision;
        while (true)
            try
            {
                await plane.WaitAsync(seen, stopping);
                var state = plane.Current;
                seen = state.Revision;
                if (IsDue(state) && !await IsThereAsync(stopping)) await SaveAsync(state, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                LogFailed(plane.Parts.Log, plane.Current.Revision, failure.Message);
                await Task.Delay(_settings.RetryAfter, _time, stopping).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
    }

    bool IsDue(ControlState state)
    {
        var bytes = plane.BytesRead - _bytesAtLast;
        if (state.Revision - _revisionOfLast < _settings.TransactionsMax && bytes < _settings.BytesMax) return false;
        return bytes >= _bytesOfLast * _settings.GrowthMin;
    }

    /// <summary>Of several nodes on one journal one writes it.</summary>
    async Task<bool> IsThereAsync(CancellationToken cancellation)
    {
        if (await plane.Journal.SnapshotsAsync(cancellation) is not [.., var newest] || newest <= _revisionOfLast) return false;
        (_revisionOfLast, _bytesAtLast) = (newest, plane.BytesRead);
        return true;
    }

    async Task SaveAsync(ControlState state, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        var (bytesRead, bytes) = (plane.BytesRead, 0L);
        await plane.Journal.SaveSnapshotAsync(
            state.Head, async (into, stop) => bytes = await StateSnapshot.WriteAsync(state, into, stop), cancellation);
        (_revisionOfLast, _bytesAtLast, _bytesOfLast) = (state.Revision, bytesRead, bytes);
        LogSaved(plane.Parts.Log, state.Revision, bytes, (long)_time.GetElapsedTime(started).TotalMilliseconds);
    }

    [LoggerMessage(5, LogLevel.Information, "A snapshot of revision {Revision} was written: {Bytes} bytes in {Milliseconds} ms")]
    static partial void LogSaved(ILogger log, long revision, long bytes, long milliseconds);

    [LoggerMessage(6, LogLevel.Warning, "No snapshot of revision {Revision} could be written; the journal itself is whole: {Reason}")]
    static partial void LogFailed(ILogger log, long revision, string reason);
}
