using System.Globalization;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>What a client sends.</summary>
/// <param name="Path">Path and query.</param>
sealed record Request(string Path)
{
    public string Method { get; init; } = "GET";

    /// <summary>Empty: none.</summary>
    public string Body { get; init; } = "";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>A POST of a JSON body.</summary>
    public static Request Json(string path, string body) => new(path) { Method = "POST", Body = body, Headers = [("content-type", "application/json")] };

    public Request With(IEnumerable<(string Name, string Value)> headers) => this with { Headers = [.. Headers, .. headers] };

    /// <summary>The request as HTTP/1.1 sends it; the body is ASCII.</summary>
    public byte[] Bytes()
    {
        var head = new StringBuilder().Append(Method).Append(' ').Append(Path).Append(" HTTP/1.1\r\nHost: localhost\r\n");
        foreach (var (name, value) in Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (Body.Length > 0)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        return Encoding.ASCII.GetBytes(head.Append("\r\n").Append(Body).ToString());
    }
}
