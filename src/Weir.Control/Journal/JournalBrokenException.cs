namespace Weir.Control;

/// <summary>Where in a journal something stands.</summary>
/// <param name="Store">The segment's file, or the table.</param>
/// <param name="Offset">Bytes from the start of the file; -1 where there is none.</param>
/// <param name="Revision">The record that stands there, or that should.</param>
readonly record struct JournalPlace(string Store, long Offset, long Revision)
{
    public override string ToString() => Offset < 0 ? $"{Store}, revision {Revision}" : $"{Store}, offset {Offset}, revision {Revision}";
}

/// <summary>What is written is not what was written: a damaged record, or a chain that does not hold.</summary>
sealed class JournalBrokenException : IOException
{
    public JournalBrokenException(string message) : base(message) { }

    public JournalBrokenException(JournalPlace place, string problem) : base($"the journal is broken at {place}: {problem}") =>
        (Place, Problem) = (place, problem);

    /// <summary>Where; null when the record itself was read and means nothing.</summary>
    public JournalPlace? Place { get; }

    /// <summary>What is wrong there.</summary>
    public string Problem { get; } = "";
}

/// <summary>The journal is whole and cannot be used: another process has it, a newer version made it, its key is not here.</summary>
sealed class JournalUnusableException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The store cannot be reached or written at the moment.</summary>
sealed class JournalAwayException(string message, Exception? inner = null) : IOException(message, inner);
