namespace Weir.Ai;

/// <summary>
/// One text of a call on its way through a scan: takes it in pieces, gives back what is decided. Of JSON (a tool's arguments) the scan sees the text without
/// its escapes, so that a word cannot hide in them; what goes out has them again, and what is replaced leaves JSON behind.
/// </summary>
sealed class ScannedText(TextScan scan, int holdCharsMax, bool isJson)
{
    readonly List<TextEdit> _edits = [];
    readonly JsonUnescaping? _json = isJson ? new JsonUnescaping() : null;

    /// <summary>The last decided character, and what is not decided.</summary>
    char[] _text = new char[256];
    int _from;
    int _count;

    /// <summary>Something of it waits for more.</summary>
    public bool IsHeld => _count > _from || _json is { HasPending: true };

    /// <summary>Something of it was replaced.</summary>
    public bool IsEdited { get; private set; }

    /// <summary>Why the call must end here; null while it may go on.</summary>
    public LlmError? Stop { get; private set; }

    /// <summary>Takes the next piece. What is decided is returned: the piece itself where all of it, and nothing else, goes out as it came.</summary>
    public string Take(string piece, bool isEnd = false)
    {
        var wasHeld = IsHeld;
        var output = new ScannedOutput(wasHeld ? null : piece);
        var rest = piece.AsSpan();
        do
        {
            // More than the scan may hold is shown to it in steps, as if it had come so.
            var taken = Append(rest, isEnd);
            rest = rest[taken..];
            Step(isEnd && rest.IsEmpty && _json is not { HasPending: true }, ref output);
        }
        while (Stop is null && (!rest.IsEmpty || (isEnd && IsHeld)));
        return output.ToText(all: !IsHeld && Stop is null);
    }

    int Append(ReadOnlySpan<char> piece, bool isEnd)
    {
        var room = holdCharsMax - (_count - _from);
        var wanted = _count + Math.Min(room, Math.Max(piece.Length, 1));
        if (_text.Length < wanted) Array.Resize(ref _text, Math.Max(_text.Length * 2, wanted));
        var free = _text.AsSpan(_count, Math.Min(room, _text.Length - _count));
        if (_json is not null)
        {
            var taken = _json.Take(piece, free, isEnd, out var written);
            _count += written;
            return taken;
        }
        var length = Math.Min(free.Length, piece.Length);
        piece[..length].CopyTo(free);
        _count += length;
        return length;
    }

    void Step(bool isEnd, ref ScannedOutput output)
    {
        if (_count == _from) return;
        _edits.Clear();
        var step = scan.Next(_text.AsSpan(0, _count), _from, isEnd, _edits);
        Stop = step.Stop;
        var at = _from;
        foreach (var edit in _edits)
        {
            Pass(at, edit.Start, ref output);
            at = edit.Start + edit.Length;
            IsEdited = true;
            if (_json is null) output.Replace(edit.Replacement);
            else output.Replace(_json.Replace(edit.Length, edit.Replacement));
        }
        Pass(at, step.Decided, ref output);
        if (step.Decided == _from) return;
        _text[0] = _text[step.Decided - 1];
        _text.AsSpan(step.Decided, _count - step.Decided).CopyTo(_text.AsSpan(1));
        (_from, _count) = (1, _count - step.Decided + 1);
    }

    void Pass(int start, int end, ref ScannedOutput output)
    {
        if (end <= start) return;
        if (_json is null) output.Pass(_text.AsSpan(start, end - start));
        else output.Pass(_json.Pass(end - start));
    }
}
