using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Acceptance;

/// <summary>The cases of Data/: mutations of one header, and whole requests.</summary>
static class SmugglingCorpus
{
    /// <summary>Spellings of "Transfer-Encoding: chunked", most of them wrong.</summary>
    public static IReadOnlyList<(string Id, string Header)> Mutations { get; } =
        [.. Rows("te-mutations.jsonl").Select(static row => ((string)row["id"]!, Decoded(row["header_base64"]!)))];

    /// <summary>Requests of a parser's own tests, with that parser's verdict.</summary>
    public static IReadOnlyList<(string Id, string Request, bool IsAccepted)> Requests { get; } =
    [
        .. Rows("llhttp.jsonl").Where(static row => ((string)row["type"]!).StartsWith("request", StringComparison.Ordinal))
            .Select(static row =>
                ((string)row["id"]!, Decoded(row["raw_base64"]!), (string)row["type"]! == "request" && (string)row["expected"]! == "accepted")),
    ];

    static IEnumerable<JsonNode> Rows(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0) yield return JsonNode.Parse(line)!;
    }

    static string Decoded(JsonNode base64) => Encoding.Latin1.GetString(Convert.FromBase64String((string)base64!));
}
