using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

enum ErrorBodyType { Json, Html, Xml, Plain }

/// <summary>The four forms of an error body, and the choice among them. The bytes are those that clients of Kong know.</summary>
static class ErrorBody
{
    public static string ContentType(ErrorBodyType type) => type switch
    {
        ErrorBodyType.Html => "text/html; charset=utf-8",
        ErrorBodyType.Xml => "application/xml; charset=utf-8",
        ErrorBodyType.Plain => "text/plain; charset=utf-8",
        _ => "application/json; charset=utf-8",
    };

    /// <summary>Chooses by Accept with quality values (RFC 9110 §12.5.1), then by the default; the first of equals wins.</summary>
    public static ErrorBodyType Negotiate(IHeaderDictionary request, ErrorBodyType otherwise)
    {
        var accept = request.Accept;
        if (accept.Count == 0)
            return otherwise == ErrorBodyType.Plain && request.ContentType.Count > 0 && Parse(request.ContentType.ToString()) is { } sent ? sent : otherwise;
        var (best, quality) = (otherwise, 0.0);
        foreach (var line in accept)
            foreach (var part in line.AsSpan().Split(','))
            {
                var range = line.AsSpan()[part].Trim();
                var q = Quality(range);
                if (q <= quality) continue;
                var end = range.IndexOf(';');
                var type = Parse(end < 0 ? range : range[..end]);
                if (type is null) continue;
                (best, quality) = (type.Value, q);
            }
        return best;

        ErrorBodyType? Parse(ReadOnlySpan<char> range)
        {
            var end = range.IndexOf(';');
            return (end < 0 ? range : range[..end]).Trim() switch
            {
                var r when Is(r, "application/json") || Is(r, "application/*") => ErrorBodyType.Json,
                var r when Is(r, "text/html") || Is(r, "text/*") => ErrorBodyType.Html,
                var r when Is(r, "application/xml") || Is(r, "text/xml") => ErrorBodyType.Xml,
                var r when Is(r, "text/plain") => ErrorBodyType.Plain,
                var r when r.SequenceEqual("*/*") => ErrorBodyType.Json,
                _ => null,
            };
        }
    }

    static bool Is(ReadOnlySpan<char> range, string type) => range.Equals(type, StringComparison.OrdinalIgnoreCase);

    static double Quality(ReadOnlySpan<char> range)
    {
        var at = range.IndexOf(";q=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) at = range.IndexOf("; q=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 1;
        var text = range[(range[at..].IndexOf('=') + at + 1)..];
        var end = text.IndexOf(';');
        return double.TryParse(end < 0 ? text : text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) ? q : 0;
    }

    public static void Write(IBufferWriter<byte> output, ErrorBodyType type, string message, string requestId)
    {
        var text = type switch
        {
            ErrorBodyType.Html => $"<!doctype html>\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    <title>Error</title>\n  </head>\n"
                + "  <body>\n    <h1>Error</h1>\n"
                + $"    <p>{HtmlEncoder.Default.Encode(message)}.</p>\n    <p>request_id: {requestId}</p>\n  </body>\n</html>\n",
            ErrorBodyType.Xml => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + $"<error>\n  <message>{HtmlEncoder.Default.Encode(message)}</message>\n  <requestid>{requestId}</requestid>\n</error>\n",
            ErrorBodyType.Plain => $"{message}\nrequest_id: {requestId}\n",
            _ => $"{{\n  \"message\":\"{JsonEncodedText.Encode(message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\",\n  \"request_id\":\"{requestId}\"\n}}",
        };
        Encoding.UTF8.GetBytes(text, output);
    }
}
