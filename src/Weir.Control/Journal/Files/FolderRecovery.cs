namespace Weir.Control;

/// <summary>Finds where a journal ends when it is opened, and cuts off what was being written when its last process stopped.</summary>
static class FolderRecovery
{
    /// <param name="folder">The journal; nobody else writes to it.</param>
    /// <param name="keys">Opens what is sealed.</param>
    /// <param name="places">Learns where records stand.</param>
    /// <returns>The head; what was cut off, if anything, and the copy that was kept of it.</returns>
    /// <exception cref="JournalBrokenException">What was there for good is damaged or missing.</exception>
    public static (JournalHead Head, TornEnd? Torn, string Copy) Run(string folder, Keyring? keys, SegmentPlaces places)
    {
        var segments = JournalFolder.Segments(folder);
        var reader = new FolderReader(folder, keys, places);
        // History is proved when it is read; here only the end matters.
        foreach (var _ in reader.Read(segments.Count == 0 ? 0 : StartOf(segments) - 1)) { }
        if (reader.Torn is not { } torn) return (reader.Head, null, "");
        if (torn.Offset == 0 && torn.Revision != reader.Head.Revision + 1)
            throw new JournalBrokenException(
                new JournalPlace(Path.GetFileName(torn.Path), 0, torn.Revision), "the head of the segment is damaged and the segments before it are missing");
        return (reader.Head, torn, torn.Cut());
    }

    /// <summary>The last segment; the one before it when not even the last one's head was written to its end.</summary>
    static long StartOf(IReadOnlyList<(long First, string Path)> segments)
    {
        using var last = SegmentReader.Open(segments[^1].Path);
        return last.Header is null && segments.Count > 1 ? segments[^2].First : segments[^1].First;
    }
}
