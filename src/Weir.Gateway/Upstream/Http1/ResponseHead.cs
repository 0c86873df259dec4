using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway;

/// <summary>How the end of a response body is known (RFC 9112 §6.3).</summary>
enum BodyFraming : byte
{
    None,
    Length,
    Chunked,
    UntilClose,
}

/// <summary>
/// The head of a response, as places in the connection's buffer, which can be read until the connection is given back. One object per connection, filled
/// anew for each response.
/// </summary>
sealed class ResponseHead(InternTable interned)
{
    readonly HeaderBlock _block = new(16);
    byte[] _buffer = [];
    int _start;

    public int Status { get; private set; }

    public BodyFraming Framing { get; private set; }

    /// <summary>What Content-Length says, also where no body follows, as with HEAD and 304; -1 when it is absent.</summary>
    public long ContentLength { get; private set; } = -1;

    /// <summary>Whether the upstream is willing to take another request on this connection.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>What is wrong with the head, when it was refused.</summary>
    public string? Problem { get; private set; }

    /// <summary>Bytes of the head, once complete.</summary>
    public int Length => _block.Length;

    public void Reset()
    {
        _block.Reset();
        Status = 0;
        Framing = BodyFraming.None;
        ContentLength = -1;
        KeepAlive = false;
        Problem = null;
    }

    /// <summary>The headers that are passed on.</summary>
    public HeaderEnumerator GetEnumerator() => new(_block, _buffer.AsSpan(_start));

    /// <summary>Adds the headers that are passed on to <paramref name="headers"/>, with a string made only for what has not been seen lately.</summary>
    public void CopyHeadersTo(IHeaderDictionary headers)
    {
        var text = _buffer.AsSpan(_start);
        for (var i = 0; i < _block.Count; i++)
        {
            ref var line = ref _block[i];
            if (line.IsDropped || line.Role == HeaderRole.ContentLength) continue;
            var name = line.Known?.Name ?? interned.Get(line.Name(text));
            var value = interned.Get(line.Value(text));
            if (!headers.TryAdd(name, value)) headers[name] = StringValues.Concat(headers[name], value);
        }
        if (ContentLength >= 0 && Status is >= 200 and not 204) headers.ContentLength = ContentLength;
    }

    /// <summary>The connection has another buffer, with the same bytes at the same places.</summary>
    public void MovedTo(byte[] buffer) => _buffer = buffer;

    /// <summary>The value of the first header of that name, passed on or not; false when there is none.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var text = _buffer.AsSpan(_start);
        for (var i = 0; i < _block.Count; i++)
        {
            if (!Ascii.EqualsIgnoreCase(_block[i].Name(text), name)) continue;
            value = _block[i].Value(text);
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>The same as a string, which is made only for what has not been seen lately; null when there is none.</summary>
    public string? Find(ReadOnlySpan<byte> name) => TryGet(name, out var value) ? interned.Get(value) : null;

    /// <summary>Reads on in <paramref name="buffer"/>, where the head stands between the two places; what was read before is not read again.</summary>
    public BlockStep Parse(byte[] buffer, int start, int end, ResponseContext context)
    {
        _buffer = buffer;
        _start = start;
        var text = buffer.AsSpan(start, end - start);
        if (Status == 0)
        {
            var step = _block.TakeLine(text, out var line);
            if (step == BlockStep.Invalid) Problem = _block.Problem;
            if (step != BlockStep.Line) return text.Length > 0 && !StatusLine.MayBegin(text) ? Refuse("not an HTTP/1 status line") : step;
            Status = StatusLine.Parse(text[line], out var minor);
            if (Status == 0) return Refuse("not an HTTP/1 status line");
            KeepAlive = minor == 1;
        }
        var parsed = _block.Parse(text, context.HeadersMax);
        Problem = _block.Problem;
        return parsed == BlockStep.Complete ? Interpret(text, context) : parsed;
    }

    BlockStep Interpret(ReadOnlySpan<byte> text, ResponseContext context)
    {
        if (Status == 101 && !context.UpgradeAsked) return Refuse("switched protocols without being asked");
        var facts = new FramingFacts { IsHttp11 = KeepAlive };
        for (var i = 0; i < _block.Count; i++)
        {
            ref var line = ref _block[i];
            if (line.Role == HeaderRole.EndToEnd) continue;
            if (!facts.Take(line.Role, line.Value(text))) return Refuse(facts.Problem!);
            line.IsDropped = line.Role != HeaderRole.ContentLength && (line.Role != HeaderRole.Upgrade || Status != 101);
        }
        if (facts.NamesOptions) DropListed(text);
        if (!facts.Conclude(Status, context.IsHead)) return Refuse(facts.Problem!);
        Framing = facts.Framing;
        ContentLength = facts.ContentLength;
        KeepAlive = facts.KeepAlive;
        return BlockStep.Complete;
    }

    /// <summary>Drops the headers that a Connection header names.</summary>
    void DropListed(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < _block.Count; i++)
        {
            if (_block[i].Role != HeaderRole.Connection) continue;
            var list = _block[i].Value(text);
            foreach (var range in list.Split((byte)','))
            {
                var option = list[range].TrimBlanks();
                for (var j = 0; j < _block.Count; j++)
                {
                    ref var line = ref _block[j];
                    if (line.Role == HeaderRole.EndToEnd && Ascii.EqualsIgnoreCase(line.Name(text), option)) line.IsDropped = true;
                }
            }
        }
    }

    BlockStep Refuse(string problem)
    {
        Problem = problem;
        return BlockStep.Invalid;
    }

    /// <summary>Walks the headers that are passed on.</summary>
    public ref struct HeaderEnumerator(HeaderBlock block, ReadOnlySpan<byte> text)
    {
        readonly ReadOnlySpan<byte> _text = text;
        int _index = -1;

        public readonly HeaderSpans Current => new(block[_index].Name(_text), block[_index].Value(_text));

        public bool MoveNext()
        {
            while (++_index < block.Count)
            {
                if (!block[_index].IsDropped) return true;
            }
            return false;
        }
    }
}

/// <summary>Name and value of one header, in the connection's buffer.</summary>
readonly ref struct HeaderSpans(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>What must be known of the request to read its response.</summary>
/// <param name="IsHead">The method is HEAD: no body whatever the head says.</param>
/// <param name="UpgradeAsked">The request asked for another protocol, so 101 is an answer.</param>
/// <param name="HeadersMax">Most header lines.</param>
readonly record struct ResponseContext(bool IsHead, bool UpgradeAsked, int HeadersMax);
