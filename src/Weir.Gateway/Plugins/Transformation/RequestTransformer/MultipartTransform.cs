using System.Buffers;
using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>Changes the fields of a multipart form (RFC 7578). Parts that no rule names keep their bytes.</summary>
static class MultipartTransform
{
    /// <summary>The new body; null when nothing changed or the body is not well formed.</summary>
    public static byte[]? Apply(ReadOnlyMemory<byte> body, string contentType, TransformRules rules, string[] rendered)
    {
        if (MultipartParts.Parse(body, contentType) is not { } form) return null;
        var changed = false;
        foreach (var rule in rules.Remove) changed |= form.Parts.RemoveAll(part => part.Name == rule.Name) > 0;
        foreach (var rule in rules.Rename)
        {
            if (rule.Of(rendered) is not { } newName) continue;
            for (var i = 0; i < form.Parts.Count; i++)
                if (form.Parts[i].Name == rule.Name) (form.Parts[i], changed) = (form.Parts[i].Renamed(newName), true);
        }
        foreach (var rule in rules.Replace)
        {
            var at = form.Parts.FindIndex(part => part.Name == rule.Name);
            if (at < 0 || rule.Of(rendered) is not { } value) continue;
            form.Parts.RemoveAll(part => part.Name == rule.Name);
            form.Parts.Insert(at, MultipartPart.Simple(rule.Name, value));
            changed = true;
        }
        foreach (var rule in rules.Add)
        {
            if (rule.Of(rendered) is not { } value || form.Parts.Exists(part => part.Name == rule.Name)) continue;
            form.Parts.Add(MultipartPart.Simple(rule.Name, value));
            changed = true;
        }
        foreach (var rule in rules.Append)
        {
            if (rule.Of(rendered) is not { } value) continue;
            form.Parts.Add(MultipartPart.Simple(rule.Name, value));
            changed = true;
        }
        return changed ? form.ToBytes() : null;
    }
}

/// <summary>A multipart body taken apart.</summary>
sealed class MultipartParts
{
    /// <summary>Longest boundary (RFC 2046 §5.1.1).</summary>
    const int BoundaryLengthMax = 70;

    /// <summary>Parts of one body; a body with more is not taken apart.</summary>
    const int PartsMax = 1000;

    readonly byte[] _delimiter;

    MultipartParts(byte[] delimiter) => _delimiter = delimiter;

    public List<MultipartPart> Parts { get; } = [];

    /// <summary>The parts; null for a body that is not well formed.</summary>
    public static MultipartParts? Parse(ReadOnlyMemory<byte> body, string contentType)
    {
        if (Boundary(contentType) is not { } boundary) return null;
        var form = new MultipartParts(Encoding.ASCII.GetBytes("--" + boundary));
        if (body.IsEmpty) return form;
        var span = body.Span;
        var at = form.FindDelimiter(span, 0);
        while (at >= 0)
        {
            var after = at + form._delimiter.Length;
            if (span[after..].StartsWith("--"u8)) return form;
            var lineEnd = span[after..].IndexOf("\r\n"u8);
            var next = form.FindDelimiter(span, after);
            // The line break before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
            if (lineEnd < 0 || next < after + lineEnd + 4 || form.Parts.Count == PartsMax) return null;
            form.Parts.Add(MultipartPart.Of(body[(after + lineEnd + 2)..(next - 2)]));
            at = next;
        }
        return null;
    }

    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var part in Parts)
        {
            output.Write(_delimiter);
            output.Write("\r\n"u8);
            output.Write(part.Bytes.Span);
            output.Write("\r\n"u8);
        }
        output.Write(_delimiter);
        output.Write("--\r\n"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Where the next delimiter begins: at the start of the body or of a line.</summary>
    int FindDelimiter(ReadOnlySpan<byte> body, int from)
    {
        while (true)
        {
            var found = body[from..].IndexOf(_delimiter);
            if (found < 0) return -1;
            var at = from + found;
            if (at == 0 || (at >= 2 && body[at - 2] == '\r' && body[at - 1] == '\n')) return at;
            from = at + 1;
        }
    }

    static string? Boundary(string contentType)
    {
        if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var type)) return null;
        var boundary = Microsoft.Net.Http.Headers.HeaderUtilities.RemoveQuotes(type.Boundary);
        return boundary.Length is > 0 and <= BoundaryLengthMax ? boundary.ToString() : null;
    }
}

/// <summary>One part: its headers and its content.</summary>
/// <param name="Name">Name of the field; null when it has none.</param>
/// <param name="Bytes">The part as it stands between two delimiters.</param>
sealed record MultipartPart(string? Name, ReadOnlyMemory<byte> Bytes)
{
    const string NameParameter = "name=\"";

    public static MultipartPart Of(ReadOnlyMemory<byte> bytes) => new(Find(Head(bytes)) is { } name ? Decode(name.Text) : null, bytes);

    /// <summary>A text field.</summary>
    public static MultipartPart Simple(string name, string value) =>
        new(name, (byte[])[.. Encoding.Latin1.GetBytes($"Content-Disposition: form-data; {NameParameter}{Encode(name)}\"\r\n\r\n"),
            .. Encoding.UTF8.GetBytes(value)]);

    /// <summary>The same part, its file name included, under another name.</summary>
    public MultipartPart Renamed(string newName)
    {
        var head = Head(Bytes);
        if (Find(head) is not { } old) return this;
        var renamed = string.Concat(head.AsSpan(0, old.At), Encode(newName), head.AsSpan(old.At + old.Text.Length));
        return new(newName, (byte[])[.. Encoding.Latin1.GetBytes(renamed), .. Bytes.Span[head.Length..]]);
    }

    // One character per byte, so that places in the text are places in the part.
    static string Head(ReadOnlyMemory<byte> bytes)
    {
        var end = bytes.Span.IndexOf("\r\n\r\n"u8);
        return Encoding.Latin1.GetString(end < 0 ? default : bytes.Span[..end]);
    }

    /// <summary>The quoted name of the field within the part's headers.</summary>
    static (int At, string Text)? Find(string head)
    {
        var disposition = head.IndexOf("Content-Disposition:", StringComparison.OrdinalIgnoreCase);
        if (disposition < 0) return null;
        var at = disposition;
        do at = head.IndexOf(NameParameter, at + 1, StringComparison.OrdinalIgnoreCase);
        while (at > 0 && char.IsAsciiLetterOrDigit(head[at - 1]));
        if (at < 0) return null;
        at += NameParameter.Length;
        var end = head.IndexOf('"', at);
        return end < 0 ? null : (at, head[at..end]);
    }

    // Browsers escape a name so (WHATWG HTML, multipart/form-data encoding algorithm).
    static string Encode(string name) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(
        name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal)));

    static string Decode(string name) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name))
        .Replace("%22", "\"", StringComparison.Ordinal).Replace("%0D", "\r", StringComparison.Ordinal).Replace("%0A", "\n", StringComparison.Ordinal);
}
