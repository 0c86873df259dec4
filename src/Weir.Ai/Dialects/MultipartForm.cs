using System.Buffers;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Weir.Ai;

/// <summary>A field of a form, and where in the body it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Where its value is.</param>
/// <param name="IsFile">It has the name of a file.</param>
readonly record struct FormField(string Name, ByteRange Value, bool IsFile);

/// <summary>Bodies of multipart/form-data (RFC 7578): fields are found, and set, where they stand; files are never copied apart.</summary>
static class MultipartForm
{
    /// <summary>Most fields of a form.</summary>
    public const int FieldsMax = 256;

    /// <summary>Longest head of a field.</summary>
    const int HeadBytesMax = 8 * 1024;

    /// <summary>Longest boundary (RFC 2046 section 5.1.1).</summary>
    const int BoundaryCharsMax = 70;

    /// <summary>The boundary that a content type names; null when it is no form's.</summary>
    public static string? BoundaryOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= BoundaryCharsMax && !boundary.AsSpan().ContainsAnyExceptInRange(' ', '~') ? boundary : null;
    }

    /// <summary>The fields in order. False when the body is no form of this boundary: what is wrong is in <paramref name="problem"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, string boundary, out List<FormField> fields, out string problem)
    {
        fields = [];
        var delimiter = Encoding.ASCII.GetBytes("\r\n--" + boundary);
        // The first delimiter may be the body's beginning, without a line before it.
        var first = body.StartsWith(delimiter.AsSpan(2)) ? -2 : IndexOf(body, 0, delimiter);
        var at = first == -1 ? -1 : first + delimiter.Length;
        problem = "the body has no part of the boundary that its content type names";
        while (at >= 0)
        {
            if (body[at..].StartsWith("--"u8)) return true;
            problem = "a part of the body is broken";
            var line = SkipSpaces(body, at);
            if (!body[line..].StartsWith("\r\n"u8)) return false;
            var end = IndexOf(body, line, delimiter);
            if (end < 0)
            {
                problem = "the body breaks off";
                return false;
            }
            if (fields.Count == FieldsMax)
            {
                problem = $"the body has more than {FieldsMax} parts";
                return false;
            }
            if (Field(body[(line + 2)..end], line + 2) is not { } field) return false;
            fields.Add(field);
            at = end + delimiter.Length;
        }
        return false;
    }

    /// <summary>The body with one field of this name and value in place of all that it had. False when it is no form of this boundary.</summary>
    public static bool TrySet(ReadOnlyMemory<byte> body, string boundary, string name, string value, out ReadOnlyMemory<byte> changed)
    {
        changed = body;
        if (!TryRead(body.Span, boundary, out var fields, out _)) return false;
        var output = new ArrayBufferWriter<byte>(body.Length + boundary.Length + name.Length + value.Length + 64);
        var from = 0;
        foreach (var field in fields)
        {
            if (field.Name != name) continue;
            output.Write(body.Span[from..field.Value.Start]);
            Encoding.UTF8.GetBytes(value, output);
            from = field.Value.End;
        }
        if (from == 0)
        {
            from = body.Span.StartsWith(Encoding.ASCII.GetBytes("--" + boundary)) ? 0 : body.Span.IndexOf(Encoding.ASCII.GetBytes("\r\n--" + boundary)) + 2;
            output.Write(body.Span[..from]);
            Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n", output);
        }
        output.Write(body.Span[from..]);
        changed = output.WrittenMemory;
        return true;
    }

    static FormField? Field(ReadOnlySpan<byte> part, int start)
    {
        var blank = part.IndexOf("\r\n\r\n"u8);
        if (blank is < 0 or > HeadBytesMax) return null;
        var head = Encoding.UTF8.GetString(part[..blank]);
        foreach (var line in head.Split("\r\n"))
        {
            var colon = line.IndexOf(':');
            if (colon < 0 || !line.AsSpan(0, colon).Trim().Equals("Content-Disposition", StringComparison.OrdinalIgnoreCase)) continue;
            if (!ContentDispositionHeaderValue.TryParse(line[(colon + 1)..].Trim(), out var disposition) || !disposition.Name.HasValue) return null;
            var name = HeaderUtilities.UnescapeAsQuotedString(disposition.Name).ToString();
            var value = blank + 4;
            return new FormField(name, new ByteRange(start + value, part.Length - value), disposition.FileName.HasValue || disposition.FileNameStar.HasValue);
        }
        return null;
    }

    static int SkipSpaces(ReadOnlySpan<byte> body, int at)
    {
        while (at < body.Length && body[at] is (byte)' ' or (byte)'\t') at++;
        return at;
    }

    static int IndexOf(ReadOnlySpan<byte> body, int from, ReadOnlySpan<byte> delimiter)
    {
        var at = body[from..].IndexOf(delimiter);
        return at < 0 ? -1 : from + at;
    }
}
