using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

public sealed class GeminiFixtureTests
{
    static readonly GeminiDialect Dialect = new();

    [Fact]
    public void Writes_every_recorded_request_again_as_it_was()
    {
        List<string> differences = [];
        foreach (var one in Recorded.All("gemini").Where(one => one.Status == 200))
        {
            var losses = new Losses();
            var request = Dialect.Read(one.Request.GetRawText(), new RequestLine("gemini-x", one.Stream));
            var written = Dialect.Write(request, losses);
            if (!losses.IsEmpty) differences.Add($"{one.Id} loses {losses}");
            if (JsonSame.Difference(GeminiCanon.Request(JsonNode.Parse(one.Request.GetRawText())!), GeminiCanon.Request(written)) is { } difference)
                differences.Add($"{one.Id} {difference}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Writes_every_recorded_answer_again_as_it_was()
    {
        List<string> differences = [];
        foreach (var one in Recorded.All("gemini").Where(one => one is { Status: 200, Stream: false }))
        {
            var events = Dialect.ReadWhole(one.Response);
            if (events.Events[^1].Kind != ReplyEventKind.Ended) differences.Add($"{one.Id} {events}");
            else if (JsonSame.Difference(GeminiCanon.Reply(JsonNode.Parse(one.Response)!), Dialect.WriteWhole(events)) is { } difference)
                differences.Add($"{one.Id} {difference}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Reads_from_its_own_stream_the_events_of_the_recorded_one()
    {
        foreach (var stream in Streams())
        {
            var events = Dialect.ReadStream(stream);
            Assert.Equal(ReplyEventKind.Ended, events.Events[^1].Kind);
            Assert.Equal(events.ToString(), Dialect.ReadStream(Dialect.WriteStream(events)).ToString());
        }
    }

    [Fact]
    public void Reads_a_stream_as_an_array_like_one_of_events()
    {
        foreach (var stream in Streams())
        {
            var values = stream.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..].Trim());
            Assert.Equal(Dialect.ReadStream(stream).ToString(), Dialect.ReadStream($"[{string.Join(",\r\n", values)}]").ToString());
        }
    }

    [Fact]
    public void Reads_a_stream_cut_anywhere_alike()
    {
        var stream = Encoding.UTF8.GetBytes(Streams()[0]);
        var whole = Dialect.ReadStream(stream).ToString();
        for (var cut = 1; cut < stream.Length; cut += 7) Assert.Equal(whole, Dialect.ReadStream(stream, cut, cut + 1, cut + 3).ToString());
    }

    [Fact]
    public void Reads_recorded_errors()
    {
        foreach (var one in Recorded.All("gemini").Where(one => one.Status != 200))
        {
            var error = Dialect.ReadError(one.Status, Encoding.UTF8.GetBytes(one.Response));
            Assert.Equal(one.Status, error.Status);
            Assert.Equal(one.Status == 404 ? LlmErrorKind.NotFound : LlmErrorKind.InvalidRequest, error.Kind);
            Assert.Contains(error.Message, JsonNode.Parse(one.Response)!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    static List<string> Streams() =>
    [
        .. Recorded.All("gemini").Where(one => one is { Stream: true, Status: 200 }).Select(one => one.Response),
        Wires.OfChunks("gemini", "google-text.chunks.txt"),
        Wires.OfChunks("gemini", "google-tool-call.chunks.txt"),
        Wires.OfChunks("gemini", "google-tool-call-gemini3.chunks.txt"),
    ];
}
