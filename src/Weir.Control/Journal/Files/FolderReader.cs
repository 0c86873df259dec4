namespace Weir.Control;

/// <summary>
/// Reads the records of a folder in order and proves each: its sum, its seal, its place in the chain. Takes no lock and changes nothing, so it also reads a
/// journal that is in use.
/// </summary>
sealed class FolderReader(string folder, Keyring? keys, SegmentPlaces? places = null)
{
    // Of the reading under way. The hash is unknown when reading began in the middle of a segment.
    long _revision;
    ReadOnlyMemory<byte>? _hash;
    long _durable;

    /// <summary>The last record read; what reading began after while there is none.</summary>
    public JournalHead Head => new(_revision, _hash ?? default);

    /// <summary>What was being written at the end; null when the end is whole. Known once everything was read.</summary>
    public TornEnd? Torn { get; private set; }

    /// <summary>Segments read so far.</summary>
    public int Segments { get; private set; }

    /// <summary>Records after a revision, up to another one.</summary>
    /// <param name="after">The last revision that is left out.</param>
    /// <param name="until">The last one wanted; what comes later is not looked at.</param>
    /// <exception cref="JournalBrokenException">A record is damaged, missing or not in the chain.</exception>
    /// <exception cref="JournalUnusableException">The journal is of a newer form, or its key is not here.</exception>
    public IEnumerable<JournalRecord> Read(long after, long until = long.MaxValue)
    {
        (_revision, _hash, Torn, Segments) = (0, JournalHead.None.Hash, null, 0);
        // Before the segments: what is appended meanwhile may be read or not, and is no damage.
        _durable = HeadFile.Read(folder).Revision;
        var segments = JournalFolder.Segments(folder);
        var start = 0;
        while (start + 1 < segments.Count && segments[start + 1].First <= after + 1) start++;
        if (segments.Count > 0 && segments[start].First > after + 1)
            throw new JournalBrokenException(
                new JournalPlace(Path.GetFileName(segments[start].Path), 0, after + 1), $"the journal begins at revision {segments[start].First}");
        for (var i = start; i < segments.Count && _revision < until; i++)
            foreach (var record in ReadSegment(segments[i].First, segments[i].Path, i == start ? after : 0, until, i == segments.Count - 1))
                if (record.Revision > after) yield return record;
        if (_revision < Math.Min(until, _durable)) throw CutShort();
    }

    IEnumerable<JournalRecord> ReadSegment(long first, string path, long after, long until, bool isLast)
    {
        Segments++;
        var name = Path.GetFileName(path);
        using var segment = SegmentReader.Open(path);
        if (segment.Header is not { } header)
        {
            if (!isLast) throw new JournalBrokenException(new JournalPlace(name, 0, first), "the head of the segment is damaged");
            Torn = TornEnd.At(path, 0, first, _durable);
            yield break;
        }
        Begin(segment, header, first, name, after);
        while (_revision < until)
        {
            var offset = segment.Offset;
            var state = segment.Next(out var frame);
            if (state == FrameState.End) break;
            if (state == FrameState.Damaged)
            {
                if (!isLast) throw new JournalBrokenException(new JournalPlace(name, offset, _revision + 1), "the record is damaged");
                Torn = TornEnd.At(path, offset, _revision + 1, _durable);
                break;
            }
            places?.Note(first, frame.Header.Revision, offset);
            yield return Prove(name, frame);
        }
    }

    void Begin(SegmentReader segment, SegmentHeader header, long first, string name, long after)
    {
        var place = new JournalPlace(name, 0, first);
        if (header.First != first) throw new JournalBrokenException(place, $"the segment begins with revision {header.First}: it was renamed");
        if (Segments == 1)
        {
            (_revision, _hash) = (header.Start.Revision, header.Start.Hash);
            if (places?.OffsetOf(first, after) is { } known && known > SegmentHeader.Bytes)
            {
                segment.MoveTo(known);
                _hash = null;
            }
            return;
        }
        if (first != _revision + 1) throw new JournalBrokenException(place, $"the segment before it ends with revision {_revision}: a segment is missing");
        if (_hash is { } hash && !header.Previous.Span.SequenceEqual(hash.Span))
            throw new JournalBrokenException(
                place, $"the chain does not hold: the segment follows {header.Start.HashText}, and the one before it ends with {Head.HashText}");
    }

    JournalRecord Prove(string name, StoredFrame frame)
    {
        var (revision, key) = (frame.Header.Revision, frame.Header.Key);
        var place = new JournalPlace(name, frame.Offset, revision);
        if (_hash is null) _revision = revision - 1;
        if (revision != _revision + 1) throw new JournalBrokenException(place, $"revision {_revision + 1} should stand here");
        Span<byte> context = stackalloc byte[Keyring.ContextBytes];
        Keyring.WriteContext(context, revision, key);
        var payload = Keyring.Open(keys, key, frame.Payload, context)
            ?? throw new JournalBrokenException(place, $"the record cannot be opened with key {key}: the key is another one, or the record was changed");
        if (_hash is { } hash && JournalChain.Problem(new JournalHead(_revision, hash), payload) is { } problem)
            throw new JournalBrokenException(place, problem);
        var record = new JournalRecord(revision, payload, System.Security.Cryptography.SHA256.HashData(payload));
        (_revision, _hash) = (record.Revision, record.Hash);
        return record;
    }

    JournalBrokenException CutShort() => new(
        new JournalPlace(Path.GetFileName(folder), -1, _revision + 1),
        $"the journal ends with revision {_revision}, and the disk had everything up to revision {_durable}; where this folder is a copy that was made while "
        + $"the journal was in use, delete the file '{JournalFolder.HeadName}' in it");
}
