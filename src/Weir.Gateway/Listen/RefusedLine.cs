using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

/// <summary>What a log can show of a request line that Kestrel could not read: as much as it quotes, or as much as came of a line without end.</summary>
/// <param name="Method">The first word of several; empty when there is but one.</param>
/// <param name="Target">What stands between method and version.</param>
/// <param name="Version">The last word when it starts like a version.</param>
readonly record struct RefusedLine(string Method, string Target, string Version)
{
    /// <summary>More of a line without end is not shown.</summary>
    public const int BytesMax = 1024;

    static readonly RefusedLine Unknown = new("", "", "");

    public static RefusedLine Of(BadHttpRequestException error, PipeReader? input)
    {
        // Only then is the line still in the pipe. Otherwise what follows it is there: headers, and secrets.
        if (error.StatusCode is StatusCodes.Status408RequestTimeout or StatusCodes.Status414RequestUriTooLong) return input is null ? Unknown : Peek(input);
        return Quoted(error.Message);
    }

    /// <summary>Kestrel quotes with control characters as \xHH, and at most 128 characters.</summary>
    internal static RefusedLine Quoted(string message)
    {
        var start = message.IndexOf(": '", StringComparison.Ordinal);
        if (start < 0 || start + 3 >= message.Length || message[^1] != '\'') return Unknown;
        var quoted = message[(start + 3)..^1];
        return message[..start] switch
        {
            "Invalid request line" => Parse(quoted.Replace(@"\x0D", "", StringComparison.Ordinal).Replace(@"\x0A", "", StringComparison.Ordinal)),
            "Invalid request target" => new RefusedLine("", quoted, ""),
            "Unrecognized HTTP version" => new RefusedLine("", "", quoted),
            _ => Unknown,
        };
    }

    /// <summary>Nobody may read the connection after this.</summary>
    static RefusedLine Peek(PipeReader input)
    {
        // All there is counts as looked at, so that only a cancelled read shows it again.
        input.CancelPendingRead();
        if (!input.TryRead(out var read)) return Unknown;
        var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, BytesMax)));
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return Parse(line);
    }

    static RefusedLine Parse(string line)
    {
        var version = line.LastIndexOf(" HTTP/", StringComparison.OrdinalIgnoreCase);
        var rest = version < 0 ? line : line[..version];
        var method = rest.IndexOf(' ', StringComparison.Ordinal);
        return new RefusedLine(method <= 0 ? "" : rest[..method], method <= 0 ? rest : rest[(method + 1)..], version < 0 ? "" : line[(version + 1)..]);
    }
}
