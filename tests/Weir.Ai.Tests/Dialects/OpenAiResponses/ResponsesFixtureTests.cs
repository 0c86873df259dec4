using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

public sealed class ResponsesFixtureTests
{
    static readonly OpenAiResponsesDialect Dialect = new();

    [Fact]
    public void Writes_every_recorded_request_again_as_it_was()
    {
        List<string> differences = [];
        foreach (var one in Recorded.All("openai-responses").Where(one => one.Path.Split('?')[0].EndsWith("/responses", StringComparison.Ordinal)))
        {
            var losses = new Losses();
            var request = Dialect.Read(one.Request.GetRawText());
            var written = Dialect.Write(request, losses);
            if (!losses.IsEmpty) differences.Add($"{one.Id} loses {losses}");
            if (JsonSame.Difference(ResponsesCanon.Request(JsonNode.Parse(one.Request.GetRawText())!), ResponsesCanon.Request(written)) is { } difference)
                differences.Add($"{one.Id} {difference}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Writes_every_recorded_answer_again_as_it_was()
    {
        List<string> differences = [];
        foreach (var (id, answer) in Answers())
        {
            var events = Dialect.ReadWhole(answer);
            if (events.Events[^1].Kind != ReplyEventKind.Ended) differences.Add($"{id} {events}");
            else if (JsonSame.Difference(ResponsesCanon.Reply(JsonNode.Parse(answer)!), ResponsesCanon.Reply(Dialect.WriteWhole(events))) is { } difference)
                differences.Add($"{id} {difference}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Reads_from_its_own_stream_the_events_of_the_recorded_one()
    {
        List<string> differences = [];
        foreach (var (id, stream) in Streams())
        {
            var events = Dialect.ReadStream(stream);
            if (events.Events[^1].Kind != ReplyEventKind.Ended) differences.Add($"{id} {events.Events[^1].Error}");
            var again = Dialect.ReadStream(Dialect.WriteStream(events));
            if (events.ToString() != again.ToString()) differences.Add($"{id} {FirstDifference(events, again)}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Ends_every_stream_with_the_response_that_was_recorded()
    {
        List<string> differences = [];
        foreach (var (id, stream) in Streams())
        {
            var expected = Wires.Events(stream)[^1].Data!["response"]!;
            var actual = Wires.Events(Dialect.WriteStream(Dialect.ReadStream(stream)))[^1].Data!["response"]!;
            // OpenAI encrypts anew each time it sends an item.
            foreach (var item in expected["output"]!.AsArray().Concat(actual["output"]!.AsArray()))
                foreach (var name in (string[])["encrypted_content", "fingerprint"]) item!.AsObject().Remove(name);
            if (JsonSame.Difference(ResponsesCanon.Reply(expected), ResponsesCanon.Reply(actual)) is { } difference) differences.Add($"{id} {difference}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Writes_the_types_of_events_in_the_order_of_the_recorded_stream()
    {
        List<string> differences = [];
        // LM Studio leaves the deltas of calls out.
        foreach (var (id, stream) in Streams().Where(one => !one.Id.StartsWith("lmstudio", StringComparison.Ordinal)))
        {
            var expected = Types(stream);
            var actual = Types(Dialect.WriteStream(Dialect.ReadStream(stream)));
            for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
            {
                if (i < expected.Count && i < actual.Count && expected[i] == actual[i]) continue;
                differences.Add($"{id} event {i}: {expected.ElementAtOrDefault(i)} expected, not {actual.ElementAtOrDefault(i)}");
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

    static List<(string Id, string Answer)> Answers() =>
    [
        .. Recorded.All("openai-responses").Where(one => one is { Stream: false, Status: 200 }).Select(one => (one.Id, one.Response)),
        .. Directory.GetFiles(Recorded.Folder("openai-responses"), "*.json").Select(file => (Path.GetFileName(file), File.ReadAllText(file))),
    ];

    static List<(string Id, string Stream)> Streams() =>
    [
        .. Recorded.All("openai-responses").Where(one => one is { Stream: true, Status: 200 }).Select(one => (one.Id, one.Response)),
        .. Directory.GetFiles(Recorded.Folder("openai-responses"), "*.chunks.txt")
            .Select(file => (Path.GetFileName(file), Wires.OfChunks("openai-responses", file))),
    ];

    /// <summary>Types of the events but deltas of nothing, which hold log probabilities that came late.</summary>
    static List<string> Types(string stream) =>
        [.. Wires.Events(stream).Where(one => one.Data!["delta"]?.ToString() != "").Select(one => one.Data!["type"]!.GetValue<string>())];

    static string FirstDifference(RecordingSink expected, RecordingSink actual)
    {
        var (wanted, got) = (expected.ToString().Split('\n'), actual.ToString().Split('\n'));
        for (var i = 0; i < Math.Max(wanted.Length, got.Length); i++)
            if (wanted.ElementAtOrDefault(i) != got.ElementAtOrDefault(i))
                return $"event {i}:\n  {wanted.ElementAtOrDefault(i)}\n  {got.ElementAtOrDefault(i)}";
        return "";
    }
}
