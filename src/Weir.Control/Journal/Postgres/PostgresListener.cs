using Microsoft.Extensions.Logging;
using Npgsql;

namespace Weir.Control;

/// <summary>
/// Follows the head in the database: told by it (<c>LISTEN</c>), and asking from time to time on the same connection, which also finds out that it is dead.
/// </summary>
sealed partial class PostgresListener(PostgresJournalSettings settings, JournalTail tail, TimeProvider time, ILogger log)
{
    bool _isAway;

    /// <summary>Whether the server tells this node of new records.</summary>
    public bool IsListening { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
            try
            {
                await ListenAsync(stopping);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                IsListening = false;
                if (stopping.IsCancellationRequested) return;
                if (!_isAway) LogAway(log, exception.Message);
                _isAway = true;
                await Task.Delay(settings.RetryAfter, time, stopping).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
    }

    async Task ListenAsync(CancellationToken stopping)
    {
        await using var connection = await settings.Source.OpenConnectionAsync(stopping);
        await using (var listen = new NpgsqlCommand("LISTEN weir_journal", connection)) await listen.ExecuteNonQueryAsync(stopping);
        while (true)
        {
            // What was appended before the server listened for us, or while we were away, is found here.
            Note(await PostgresRecords.HeadAsync(connection, stopping));
            await connection.WaitAsync(settings.PollInterval, stopping);
        }
    }

    void Note(JournalHead head)
    {
        if (_isAway) LogBack(log);
        (_isAway, IsListening) = (false, true);
        var known = tail.Head;
        var isOther = head.Revision == known.Revision && !head.Hash.Span.SequenceEqual(known.Hash.Span);
        if (head.Revision < known.Revision || isOther) LogWentBack(log, known.Revision, head.Revision);
        tail.MoveTo(head);
    }

    [LoggerMessage(40, LogLevel.Error, "The journal's database is away: {Reason}")]
    static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(41, LogLevel.Information, "The journal's database is back")]
    static partial void LogBack(ILogger log);

    [LoggerMessage(42, LogLevel.Critical,
        "The journal in the database is not the one that was followed: revision {Known} was there, now it ends with {Found}. Where it was restored from a "
        + "backup, restart this node")]
    static partial void LogWentBack(ILogger log, long known, long found);
}
