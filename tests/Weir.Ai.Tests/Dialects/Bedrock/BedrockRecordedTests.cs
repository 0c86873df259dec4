using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>What Bedrock and its clients really sent goes through the model in the middle and comes out the same.</summary>
public sealed class BedrockRecordedTests
{
    static readonly DialectProbe s_probe = new(new BedrockDialect());

    [Fact]
    public void Requests_come_out_as_they_went_in()
    {
        var count = 0;
        foreach (var exchange in Recorded.Exchanges("bedrock").Where(static e => (int)e["status"]! == 200))
        {
            var losses = new Losses();
            var request = s_probe.Request(exchange["request"]!.ToJsonString(), new RequestLine("m", (bool)exchange["stream"]!));
            var written = s_probe.Write(request, losses);
            Assert.Equal(CanonicalJson.Of(Expected(exchange["request"]!.AsObject())), CanonicalJson.Of(Expected(JsonNode.Parse(written)!.AsObject())));
            Assert.Equal("", losses.ToString());
            count++;
        }
        Assert.True(count > 100);
    }

    [Fact]
    public void Whole_answers_come_out_as_they_went_in()
    {
        var bodies = Recorded.Exchanges("bedrock")
            .Where(static e => (int)e["status"]! == 200 && !(bool)e["stream"]!)
            .Select(static e => (string)e["response"]!)
            .Concat(Recorded.Files("bedrock", "*.json").Select(File.ReadAllText));
        var count = 0;
        foreach (var body in bodies)
        {
            var sink = s_probe.Reply(body);
            Assert.Equal(ReplyEventKind.Ended, sink.Events[^1].Kind);
            var written = JsonNode.Parse(s_probe.Whole(sink.Events))!.AsObject();
            Assert.Equal(CanonicalJson.Of(ExpectedReply(JsonNode.Parse(body)!.AsObject())), CanonicalJson.Of(ExpectedReply(written)));
            count++;
        }
        Assert.True(count > 100);
    }

    public static TheoryData<string> Streams => [.. RecordedStreams().Select(static stream => stream.Name)];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Streams_are_read_whole_and_come_out_with_the_same_events(string name)
    {
        var stream = RecordedStreams().Single(recorded => recorded.Name == name).Bytes;
        var sink = s_probe.Stream(stream);
        Assert.Equal(ReplyEventKind.Ended, sink.Events[^1].Kind);
        var again = s_probe.Stream(s_probe.Streamed(sink.Events));
        Assert.Equal(s_probe.Whole(sink.Events), s_probe.Whole(again.Events));
        // Some that were made by hand leave out the ends of blocks.
        if (!name.StartsWith("amazon-bedrock", StringComparison.Ordinal) && name != "reasoning.base64") Assert.Equal(Same(sink), Same(again));
    }

    internal static List<(string Name, byte[] Bytes)> RecordedStreams() =>
    [
        .. Recorded.Files("bedrock", "*.base64").Select(static file => (Path.GetFileName(file), Convert.FromBase64String(File.ReadAllText(file)))),
        .. Recorded.Files("bedrock", "*.chunks.txt").Select(static file => (Path.GetFileName(file), Framed(File.ReadLines(file)))),
        .. Recorded.Exchanges("bedrock").Where(static e => (bool)e["stream"]! && (int)e["status"]! == 200)
            .Select(static e => ((string)e["id"]!, Convert.FromBase64String((string)e["response_base64"]!))),
    ];

    static byte[] Framed(IEnumerable<string> lines)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new AwsEventStreamWriter(output);
        foreach (var line in lines.Where(static line => line.Length > 0))
        {
            var (type, payload) = JsonNode.Parse(line)!.AsObject().Single();
            writer.Header(":event-type"u8, Encoding.UTF8.GetBytes(type));
            writer.Header(":message-type"u8, "event"u8);
            writer.Message(Encoding.UTF8.GetBytes(payload!.ToJsonString()));
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Events without those that are only said for form: usage and metrics that were not in the stream.</summary>
    static string Same(RecordingSink sink) => string.Join(
        '\n',
        sink.ToString().Split('\n').Where(static line => !line.Contains("latencyMs", StringComparison.Ordinal) && line != $"Usage {new TokenUsage()}"));

    static JsonObject Expected(JsonObject request)
    {
        if (request["system"] is JsonArray { Count: 0 }) request.Remove("system");
        if (request["inferenceConfig"] is JsonObject { Count: 0 }) request.Remove("inferenceConfig");
        if (request["additionalModelRequestFields"] is JsonObject { Count: 0 }) request.Remove("additionalModelRequestFields");
        var messages = new JsonArray();
        foreach (var message in request["messages"]!.AsArray())
        {
            var content = message!["content"]!.DeepClone().AsArray();
            foreach (var block in content)
            {
                if (block!["toolResult"] is not JsonObject result || result["type"] is not null) continue;
                if ((string?)result["status"] == "success") result.Remove("status");
            }
            if (messages is [.., JsonObject last] && (string)last["role"]! == (string)message["role"]!)
                foreach (var block in content) last["content"]!.AsArray().Add(block!.DeepClone());
            else messages.Add(new JsonObject { ["role"] = (string)message["role"]!, ["content"] = content });
        }
        request["messages"] = messages;
        return request;
    }

    /// <summary>Left out: the type of a call that is like any other, names of counters that are there twice, and counters that are nothing.</summary>
    static JsonObject ExpectedReply(JsonObject reply)
    {
        foreach (var block in reply["output"]!["message"]!["content"]!.AsArray())
        {
            block!.AsObject().Remove("type");
            if ((string?)block["toolUse"]?["type"] == "tool_use") block["toolUse"]!.AsObject().Remove("type");
        }
        var usage = reply["usage"]?.AsObject() ?? [];
        foreach (var name in new[] { "cacheReadInputTokenCount", "cacheWriteInputTokenCount", "serverToolUsage", "cacheDetails", "totalTokens" })
            usage.Remove(name);
        foreach (var (name, value) in usage.ToList())
            if ((long)value! == 0) usage.Remove(name);
        if (usage.Count == 0) reply.Remove("usage");
        if ((long?)reply["metrics"]?["latencyMs"] == 0) reply.Remove("metrics");
        return reply;
    }
}
