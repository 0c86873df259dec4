using System.Buffers;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Weir.Gateway.Plugins;

/// <summary>A key as a field of a multipart form (RFC 7578).</summary>
sealed class MultipartBody(ReadOnlyMemory<byte> bytes, string boundary) : KeyBody
{
    /// <summary>Longest boundary (RFC 2046 §5.1.1).</summary>
    const int BoundaryLengthMax = 70;

    /// <summary>Parts that are looked at; a body with more counts as one without a key.</summary>
    const int PartsMax = 1000;

    readonly byte[] _delimiter = Encoding.ASCII.GetBytes("--" + boundary);

    /// <summary>The boundary parameter of a Content-Type, or null when there is no usable one.</summary>
    public static string? BoundaryOf(string contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)) return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        return boundary.Length is > 0 and <= BoundaryLengthMax ? boundary.ToString() : null;
    }

    public override Presence Find(string name, out ReadOnlySpan<char> value)
    {
        value = default;
        var presence = Presence.Absent;
        foreach (var part in Parts() ?? [])
        {
            if (part.Name != name) continue;
            if (presence == Presence.Once) return Presence.Repeated;
            presence = Presence.Once;
            value = Encoding.UTF8.GetString(bytes.Span[part.Content]);
        }
        return presence;
    }

    public override ReadOnlyMemory<byte>? Without(string name)
    {
        if (Parts() is not { } parts || !parts.Exists(part => part.Name == name)) return null;
        var rest = new ArrayBufferWriter<byte>(bytes.Length);
        var at = 0;
        foreach (var part in parts.Where(part => part.Name == name))
        {
            rest.Write(bytes.Span[at..part.Whole.Start.Value]);
            at = part.Whole.End.Value;
        }
        rest.Write(bytes.Span[at..]);
        return rest.WrittenMemory;
    }

    /// <summary>The parts between delimiters; null for a body that is not well formed.</summary>
    List<Part>? Parts()
    {
        var span = bytes.Span;
        var parts = new List<Part>();
        var start = FindDelimiter(0);
        while (start >= 0)
        {
            var afterDelimiter = start + _delimiter.Length;
            if (span[afterDelimiter..].StartsWith("--"u8)) return parts;
            var lineEnd = span[afterDelimiter..].IndexOf("\r\n"u8);
            var next = FindDelimiter(afterDelimiter);
            if (lineEnd < 0 || next < 0 || parts.Count == PartsMax) return null;
            // The line break before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
            var head = afterDelimiter + lineEnd + 2;
            if (head > next - 2 || ReadPart(start, head, next) is not { } part) return null;
            parts.Add(part);
            start = next;
        }
        return null;
    }

    Part? ReadPart(int start, int head, int next)
    {
        var span = bytes.Span[head..(next - 2)];
        var headLength = span.IndexOf("\r\n\r\n"u8);
        if (headLength < 0) return null;
        var name = NameOf(Encoding.UTF8.GetString(span[..headLength]));
        return new Part(name, (head + headLength + 4)..(next - 2), start..next);
    }

    static string? NameOf(string head)
    {
        foreach (var line in head.Split("\r\n"))
        {
            const string Field = "Content-Disposition:";
            if (!line.StartsWith(Field, StringComparison.OrdinalIgnoreCase)) continue;
            var given = ContentDispositionHeaderValue.TryParse(line[Field.Length..].Trim(), out var value);
            return given ? HeaderUtilities.RemoveQuotes(value!.Name).ToString() : null;
        }
        return null;
    }

    /// <summary>Position of the next delimiter that begins a line, or -1.</summary>
    int FindDelimiter(int from)
    {
        var span = bytes.Span;
        while (from < span.Length)
        {
            var found = span[from..].IndexOf(_delimiter);
            if (found < 0) return -1;
            var at = from + found;
            if (StartsLine(span, at) && EndsLine(span[(at + _delimiter.Length)..])) return at;
            from = at + 1;
        }
        return -1;
    }

    static bool StartsLine(ReadOnlySpan<byte> span, int at) => at == 0 || (at >= 2 && span[(at - 2)..at].SequenceEqual("\r\n"u8));

    /// <summary>A longer line that only begins like the delimiter is content.</summary>
    static bool EndsLine(ReadOnlySpan<byte> rest) => rest.StartsWith("--"u8) || rest.TrimStart(" \t"u8).StartsWith("\r\n"u8);

    /// <param name="Name">Field name, or null when the part has none.</param>
    /// <param name="Content">Where its value stands.</param>
    /// <param name="Whole">From its delimiter to the next one.</param>
    readonly record struct Part(string? Name, Range Content, Range Whole);
}
