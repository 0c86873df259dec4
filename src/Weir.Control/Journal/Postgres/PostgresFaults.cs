using System.Net.Sockets;
using Npgsql;

namespace Weir.Control;

/// <summary>Which failures of a database pass by themselves.</summary>
static class PostgresFaults
{
    const string OperatorIntervention = "57";
    const string ReadOnly = "25006";

    /// <summary>
    /// The server is away, starts, stops or hands over to another one. Everything else that it answers is a mistake that somebody has to mend.
    /// </summary>
    public static bool IsPassing(NpgsqlException fault) => fault is not PostgresException refused || refused.IsTransient
        || refused.SqlState.StartsWith(OperatorIntervention, StringComparison.Ordinal) || refused.SqlState == ReadOnly;

    /// <summary>
    /// Whether a failure is one of the server or of the way to it. A connection that breaks in the middle of something has many ways to say so.
    /// </summary>
    public static bool Is(Exception fault) => fault is NpgsqlException or IOException or TimeoutException or SocketException or InvalidOperationException;

    /// <summary>Whether such a failure passes by itself.</summary>
    public static bool IsPassing(Exception fault) => Is(fault) && (fault is not NpgsqlException answered || IsPassing(answered));

    /// <summary>What a caller of the journal is told.</summary>
    public static IOException Of(NpgsqlException fault)
    {
        var message = "the journal's database cannot be used: " + fault.Message;
        return IsPassing(fault) ? new JournalAwayException(message, fault) : new JournalUnusableException(message, fault);
    }
}
