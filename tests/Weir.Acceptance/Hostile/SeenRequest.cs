using System.Globalization;

namespace Weir.Acceptance;

/// <summary>
/// A request as a reader takes it that allows nothing: what it finds wrong, a more lenient reader might have taken for something else.
/// </summary>
/// <param name="Head">Request line and headers, without the blank line.</param>
/// <param name="Body">The body, framing taken off.</param>
/// <param name="Problems">What should never have been sent.</param>
sealed record SeenRequest(string Head, string Body, IReadOnlyList<string> Problems)
{
    const string TokenSymbols = "!#$%&'*+-.^_`|~";

    public string Target => Head.Split(' ') is [_, var target, ..] ? target : "";

    /// <summary>Takes one request off the front of <paramref name="text"/>; null while it is not complete.</summary>
    public static SeenRequest? Take(string text, out int length)
    {
        length = 0;
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var head = text[..end];
        var problems = new List<string>();
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, [.. var target], "HTTP/1.1"] || !IsToken(method) || target.Any(static c => c is <= ' ' or >= '\x7f'))
            problems.Add("request line: " + lines[0]);
        foreach (var line in lines.Skip(1)) Inspect(line, problems);
        var lengths = Values(lines, "Content-Length");
        var codings = Values(lines, "Transfer-Encoding");
        if (lengths.Count + codings.Count > 1) problems.Add("more than one framing");
        if (Values(lines, "Host").Count != 1) problems.Add("not one Host");
        var start = end + 4;
        if (codings.Count > 0) return TakeChunks(text, start, head, problems, out length);
        var count = lengths.Count == 0 ? 0 : int.Parse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture);
        if (text.Length < start + count) return null;
        length = start + count;
        return new SeenRequest(head, text.Substring(start, count), problems);
    }

    static SeenRequest? TakeChunks(string text, int at, string head, List<string> problems, out int length)
    {
        length = 0;
        var body = "";
        while (true)
        {
            var line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0) return null;
            if (!int.TryParse(text.AsSpan(at, line - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
                problems.Add("chunk size: " + text[at..line]);
            at = line + 2;
            if (size == 0) return TakeTrailers(text, at, new SeenRequest(head, body, problems), out length);
            if (text.Length < at + size + 2) return null;
            body += text.Substring(at, size);
            if (text.Substring(at + size, 2) != "\r\n") problems.Add("chunk without end");
            at += size + 2;
        }
    }

    static SeenRequest? TakeTrailers(string text, int at, SeenRequest request, out int length)
    {
        length = 0;
        var problems = request.Problems.ToList();
        while (true)
        {
            var line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0) return null;
            length = line + 2;
            if (line == at) return request with { Problems = problems };
            Inspect(text[at..line], problems);
            at = line + 2;
        }
    }

    static void Inspect(string line, List<string> problems)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !IsToken(line[..colon]))
        {
            problems.Add("header line: " + line);
            return;
        }
        if (line.Any(static c => c is < ' ' and not '\t' or '\x7f')) problems.Add("control character: " + line);
        // Readers that fold case, underscores or blanks into names would take these for framing.
        var folded = string.Concat(line[..colon].Where(char.IsAsciiLetter));
        if (folded.Equals("TransferEncoding", StringComparison.OrdinalIgnoreCase) && line != "Transfer-Encoding: chunked")
            problems.Add("almost framing: " + line);
        if (folded.Equals("ContentLength", StringComparison.OrdinalIgnoreCase) && !line.StartsWith("Content-Length: ", StringComparison.Ordinal))
            problems.Add("almost framing: " + line);
    }

    static List<string> Values(string[] lines, string name) =>
        [.. lines.Skip(1).Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim())];

    static bool IsToken(string name) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || TokenSymbols.Contains(c, StringComparison.Ordinal));
}
