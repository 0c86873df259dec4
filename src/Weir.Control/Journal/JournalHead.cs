namespace Weir.Control;

/// <summary>The end of a journal.</summary>
/// <param name="Revision">The last record's; 0 before the first.</param>
/// <param name="Hash">SHA-256 of the last record's payload; 32 zero bytes before the first.</param>
readonly record struct JournalHead(long Revision, ReadOnlyMemory<byte> Hash)
{
    public const int HashBytes = 32;

    /// <summary>Of a journal without a record.</summary>
    public static JournalHead None { get; } = new(0, new byte[HashBytes]);

    public string HashText => Convert.ToHexStringLower(Hash.Span);
}
