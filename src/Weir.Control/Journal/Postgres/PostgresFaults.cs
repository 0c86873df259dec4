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

    /// <summary>What a caller of the journal is told.</summary>
    public static IOException Of(NpgsqlException fault)
    {
        var message = "the journal's database cannot be used: " + fault.Message;
        return IsPassing(fault) ? new JournalAwayException(message, fault) : new JournalUnusableException(message, fault);
    }
}
