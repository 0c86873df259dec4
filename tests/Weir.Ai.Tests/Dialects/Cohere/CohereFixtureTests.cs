using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

public sealed class CohereFixtureTests
{
    static readonly CohereDialect Dialect = new();

    [Fact]
    public void Writes_every_recorded_request_again_as_it_was()
    {
        List<string> differences = [];
        foreach (var one in Recorded.All("cohere"))
        {
            var losses = new Losses();
            var written = Dialect.Write(Dialect.Read(one.Request.GetRawText()), losses);
            if (!losses.IsEmpty) differences.Add($"{one.Id} loses {losses}");
            var expected = JsonNode.Parse(one.Request.GetRawText())!.AsObject();
            if (expected["stream"] is JsonValue stream && !stream.GetValue<bool>()) expected.Remove("stream");
            if (JsonSame.Difference(expected, written) is { } difference) differences.Add($"{one.Id} {difference}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Writes_every_recorded_answer_again_as_it_was()
    {
        List<string> differences = [];
        var files = Directory.GetFiles(Recorded.Folder("cohere"), "*.json").Select(file => (Id: Path.GetFileName(file), Answer: File.ReadAllText(file)));
        foreach (var (id, answer) in Recorded.All("cohere").Where(one => !one.Stream).Select(one => (one.Id, one.Response)).Concat(files))
        {
            var events = Dialect.ReadWhole(answer);
            if (events.Events[^1].Kind != ReplyEventKind.Ended) differences.Add($"{id} {events}");
            else if (JsonSame.Difference(JsonNode.Parse(answer), Dialect.WriteWhole(events)) is { } difference) differences.Add($"{id} {difference}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Writes_every_recorded_stream_again_event_by_event()
    {
        List<string> differences = [];
        foreach (var (id, stream) in Streams())
        {
            var events = Dialect.ReadStream(stream);
            var (expected, actual) = (Filled(stream), Filled(Dialect.WriteStream(events)));
            Assert.Equal(events.ToString(), Dialect.ReadStream(Dialect.WriteStream(events)).ToString());
            for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
            {
                if (JsonSame.Difference(expected.ElementAtOrDefault(i), actual.ElementAtOrDefault(i)) is not { } difference) continue;
                differences.Add($"{id} event {i} {difference}");
                break;
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Reads_a_stream_cut_anywhere_alike()
    {
        var stream = Encoding.UTF8.GetBytes(Streams().MinBy(one => one.Stream.Length).Stream);
        var whole = Dialect.ReadStream(stream).ToString();
        for (var cut = 1; cut < stream.Length; cut += 7) Assert.Equal(whole, Dialect.ReadStream(stream, cut, cut + 1, cut + 3).ToString());
    }

    static List<(string Id, string Stream)> Streams() =>
    [
        .. Recorded.All("cohere").Where(one => one.Stream).Select(one => (one.Id, one.Response)),
        .. Directory.GetFiles(Recorded.Folder("cohere"), "*.chunks.txt")
            .Select(file => (Path.GetFileName(file), Wires.OfChunks("cohere", file) + "data: [DONE]\n\n")),
    ];

    /// <summary>The events but those that say nothing: deltas without text, which begin a plan.</summary>
    static List<JsonNode?> Filled(string stream) =>
    [
        .. Wires.Events(stream).Select(one => one.Data).Where(data => data is not JsonObject
            || (data["delta"]?["message"]?["tool_plan"]?.ToString() != "" || data["type"]!.ToString() == "message-start")
            && (data["type"]!.ToString() != "content-delta" || data["delta"]!["message"]!["content"]!["text"]?.ToString() != "")
            && (data["type"]!.ToString() != "tool-call-delta" || data["delta"]!["message"]!["tool_calls"]!["function"]!["arguments"]?.ToString() != "")),
    ];
}
