using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>What Anthropic and its clients really sent goes through the model in the middle and comes out the same.</summary>
public sealed class AnthropicRecordedTests
{
    static readonly DialectProbe s_probe = new(new AnthropicDialect());

    [Fact]
    public void Requests_come_out_as_they_went_in()
    {
        var count = 0;
        foreach (var exchange in Recorded.Exchanges("anthropic").Where(static e => (string)e["api"]! == "messages" && (int)e["status"]! == 200))
        {
            var losses = new Losses();
            var written = s_probe.Write(s_probe.Request(exchange["request"]!.ToJsonString()), losses);
            Assert.Equal(CanonicalJson.Of(Expected(exchange["request"]!.AsObject())), CanonicalJson.Of(Expected(JsonNode.Parse(written)!.AsObject())));
            Assert.Equal("", losses.ToString());
            count++;
        }
        Assert.True(count > 100);
    }

    [Fact]
    public void Whole_answers_come_out_as_they_went_in()
    {
        var bodies = Recorded.Exchanges("anthropic")
            .Where(static e => (string)e["api"]! == "messages" && (int)e["status"]! == 200 && !(bool)e["stream"]!)
            .Select(static e => (string)e["response"]!)
            .Concat(Recorded.Files("anthropic", "anthropic-*.json").Select(File.ReadAllText));
        var count = 0;
        foreach (var body in bodies)
        {
            var sink = s_probe.Reply(body);
            Assert.Equal(ReplyEventKind.Ended, sink.Events[^1].Kind);
            var written = JsonNode.Parse(s_probe.Whole(sink.Events))!.AsObject();
            var expected = JsonNode.Parse(body)!.AsObject();
            // Counters that are nothing may be said or not.
            foreach (var message in new[] { written, expected }) DropZeros(message["usage"]!.AsObject());
            foreach (var block in expected["content"]!.AsArray())
                if (block!["citations"] is JsonArray { Count: 0 }) block.AsObject().Remove("citations");
            Assert.Equal(CanonicalJson.Of(expected), CanonicalJson.Of(written));
            count++;
        }
        Assert.True(count > 120);
    }

    public static TheoryData<string> Streams => [.. RecordedStreams().Select(static stream => stream.Name)];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Streams_are_read_whole_and_come_out_with_the_same_events(string name)
    {
        var stream = RecordedStreams().Single(recorded => recorded.Name == name).Text;
        var sink = s_probe.Stream(stream);
        Assert.Equal(ReplyEventKind.Ended, sink.Events[^1].Kind);
        var again = s_probe.Stream(s_probe.Streamed(sink.Events));
        Assert.Equal(sink.ToString(), again.ToString());
    }

    [Fact]
    public void A_repeated_message_start_is_passed_over()
    {
        var sink = s_probe.Stream(RecordedStreams().Single(static recorded => recorded.Name == "duplicate-message-start.chunks.txt").Text);
        Assert.Single(sink.Events, static reply => reply.Kind == ReplyEventKind.Started);
        Assert.Equal("Hello, World!", sink.TextOf(ReplyPartKind.Text));
        var usage = sink.Events.Last(static reply => reply.Usage is not null).Usage!;
        Assert.Equal((17, 227), (usage.Input, usage.Output));
    }

    internal static List<(string Name, string Text)> RecordedStreams() =>
    [
        .. Recorded.Files("anthropic", "*.chunks.txt").Select(static file => (Path.GetFileName(file), Framed(File.ReadLines(file)))),
        .. Recorded.Exchanges("anthropic").Where(static e => (bool)e["stream"]! && (int)e["status"]! == 200)
            .Select(static e => ((string)e["id"]!, (string)e["response"]!)),
    ];

    static string Framed(IEnumerable<string> lines)
    {
        var stream = new StringBuilder();
        foreach (var line in lines.Where(static line => line.Length > 0)) stream.Append("data: ").Append(line).Append("\n\n");
        return stream.ToString();
    }

    /// <summary>What Anthropic reads in the same way is written in one way.</summary>
    static JsonObject Expected(JsonObject request)
    {
        if (request["stream"] is JsonValue stream && !(bool)stream) request.Remove("stream");
        if (request["system"] is JsonArray system) Short(request, "system", system);
        var messages = new JsonArray();
        foreach (var message in request["messages"]!.AsArray())
        {
            var content = message!["content"] is JsonArray blocks
                ? blocks.DeepClone().AsArray()
                : [new JsonObject { ["type"] = "text", ["text"] = (string)message["content"]! }];
            foreach (var block in content.Where(static block => (string)block!["type"]! == "tool_result"))
            {
                if (block!["is_error"] is JsonValue error && !(bool)error) block.AsObject().Remove("is_error");
                if (block["content"] is JsonArray inner) Short(block.AsObject(), "content", inner);
            }
            if (messages is [.., JsonObject last] && (string)last["role"]! == (string)message["role"]!)
            {
                while (content.Count > 0)
                {
                    var block = content[0];
                    content.RemoveAt(0);
                    last["content"]!.AsArray().Add(block);
                }
                continue;
            }
            messages.Add(new JsonObject { ["role"] = (string)message["role"]!, ["content"] = content });
        }
        request["messages"] = messages;
        foreach (var tool in request["tools"]?.AsArray() ?? [])
            if ((string?)tool!["type"] == "custom") tool.AsObject().Remove("type");
        return request;
    }

    static void Short(JsonObject holder, string field, JsonArray blocks)
    {
        if (blocks is [JsonObject { Count: 2 } only] && only["text"] is { } text) holder[field] = text.DeepClone();
        if (blocks.Count == 0) holder.Remove(field);
    }

    static void DropZeros(JsonObject usage)
    {
        foreach (var (name, value) in usage.ToList())
        {
            if (value is JsonObject inner)
            {
                DropZeros(inner);
                if (inner.Count == 0) usage.Remove(name);
            }
            else if (value is null || (value.GetValueKind() == System.Text.Json.JsonValueKind.Number && (double)value == 0))
            {
                usage.Remove(name);
            }
        }
    }
}
