namespace Weir.Gateway;

/// <summary>
/// Header lines as places in a buffer, read as the bytes come in: a line is looked at once, however the stream is cut. Strict: a line ends with CRLF and
/// nothing else, names are tokens directly before their colon, values hold no control characters, and no line continues another (RFC 9112 §5).
/// </summary>
sealed class HeaderBlock(int linesUsual)
{
    HeaderLine[] _lines = new HeaderLine[linesUsual];
    int _lineStart;
    int _scanned;

    public int Count { get; private set; }

    /// <summary>Bytes consumed, the blank line included, once the block is complete.</summary>
    public int Length => _lineStart;

    /// <summary>What is wrong, after <see cref="BlockStep.Invalid"/> or <see cref="BlockStep.TooMany"/>.</summary>
    public string? Problem { get; private set; }

    public ref HeaderLine this[int index] => ref _lines[index];

    public void Reset()
    {
        Count = 0;
        _lineStart = _scanned = 0;
        Problem = null;
    }

    /// <summary>Takes the next line out of <paramref name="text"/>, which always begins at the same byte and only grows.</summary>
    public BlockStep TakeLine(ReadOnlySpan<byte> text, out Range line)
    {
        line = default;
        var stop = text[_scanned..].IndexOfAny(HttpBytes.Controls);
        if (stop < 0)
        {
            _scanned = text.Length;
            return BlockStep.NeedMore;
        }
        var at = _scanned + stop;
        if (text[at] != '\r') return Refuse(text[at] == '\n' ? "a line feed without a carriage return" : "a control character in a line");
        if (at + 1 == text.Length)
        {
            _scanned = at;
            return BlockStep.NeedMore;
        }
        if (text[at + 1] != '\n') return Refuse("a carriage return without a line feed");
        line = _lineStart..at;
        _lineStart = _scanned = at + 2;
        return BlockStep.Line;
    }

    /// <summary>Reads header lines up to the blank line.</summary>
    public BlockStep Parse(ReadOnlySpan<byte> text, int linesMax)
    {
        while (true)
        {
            var step = TakeLine(text, out var range);
            if (step != BlockStep.Line) return step;
            var line = text[range];
            if (line.IsEmpty) return BlockStep.Complete;
            if (Count == linesMax)
            {
                Problem = "too many header lines";
                return BlockStep.TooMany;
            }
            var colon = line.IndexOfAnyExcept(HttpBytes.Token);
            if (colon <= 0 || line[colon] != ':') return Refuse(ProblemOf(line, colon));
            Add(range.Start.Value, colon, line);
        }
    }

    void Add(int start, int colon, ReadOnlySpan<byte> line)
    {
        if (Count == _lines.Length) Array.Resize(ref _lines, _lines.Length * 2);
        var from = colon + 1;
        var to = line.Length;
        while (from < to && line[from] is (byte)' ' or (byte)'\t') from++;
        while (to > from && line[to - 1] is (byte)' ' or (byte)'\t') to--;
        _lines[Count++] = new()
        {
            NameStart = start,
            NameLength = colon,
            ValueStart = start + from,
            ValueLength = to - from,
            Known = KnownHeader.Find(line[..colon]),
        };
    }

    static string ProblemOf(ReadOnlySpan<byte> line, int colon)
    {
        if (line[0] is (byte)' ' or (byte)'\t') return "a folded header line";
        if (colon < 0) return "a header line without a colon";
        return line[colon] is (byte)' ' or (byte)'\t' ? "whitespace before the colon of a header" : "a header name that is not a token";
    }

    BlockStep Refuse(string problem)
    {
        Problem = problem;
        return BlockStep.Invalid;
    }
}

/// <summary>Where one header line stands, counted from the start of its block.</summary>
struct HeaderLine
{
    public int NameStart;
    public int NameLength;
    public int ValueStart;
    public int ValueLength;
    public KnownHeader? Known;

    /// <summary>Not passed on: hop-by-hop by its name, or because Connection lists it.</summary>
    public bool IsDropped;

    public readonly HeaderRole Role => Known?.Role ?? HeaderRole.EndToEnd;

    public readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> block) => block.Slice(NameStart, NameLength);

    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> block) => block.Slice(ValueStart, ValueLength);
}

/// <summary>How far a block has been read.</summary>
enum BlockStep
{
    NeedMore,
    Line,
    Complete,
    Invalid,
    TooMany,
}
