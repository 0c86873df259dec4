using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>The state that a journal's newest usable snapshot has. What cannot be read is passed over for an older one, and at last for the fold.</summary>
static partial class StateOpening
{
    /// <param name="journal">The journal.</param>
    /// <param name="until">The last revision that the snapshot may have.</param>
    /// <param name="log">Told of snapshots that are passed over.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The state, the one before the first transaction where there is no snapshot.</returns>
    public static async Task<ControlState> FromSnapshotAsync(IJournal journal, long until, ILogger log, CancellationToken cancellation)
    {
        while (until > 0 && await journal.OpenSnapshotAsync(until, cancellation) is { } snapshot)
        {
            await using var content = snapshot.Content;
            try
            {
                return await StateSnapshotReader.ReadAsync(snapshot, cancellation);
            }
            catch (Exception unusable) when (unusable is InvalidDataException or IOException and not JournalAwayException)
            {
                LogPassedOver(log, snapshot.Revision, unusable.Message);
                until = snapshot.Revision - 1;
            }
        }
        return ControlState.Empty;
    }

    [LoggerMessage(7, LogLevel.Warning, "The snapshot of revision {Revision} is passed over, and the state read from an older one or from the start: {Reason}")]
    static partial void LogPassedOver(ILogger log, long revision, string reason);
}
