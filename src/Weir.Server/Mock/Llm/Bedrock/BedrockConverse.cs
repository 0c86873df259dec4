using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Converse and ConverseStream.</summary>
/// <param name="provider">Bedrock.</param>
/// <param name="isStream">The path asks for a stream.</param>
sealed class BedrockConverse(MockProvider provider, bool isStream) : MockChat(provider)
{
    protected override bool CachesUnmarked => false;

    protected override MockQuestion Read(JsonObject body, MockCall call)
    {
        var question = new BedrockReader(body, call.Check, call.Target).Read();
        question.IsStream = isStream;
        return question;
    }

    protected override MockFraming Framing(MockCall call) => BedrockFraming.Instance;

    protected override JsonObject Whole(MockQuestion question, MockReply reply, MockCall call)
    {
        var content = new JsonArray();
        if (reply.Thought.Length > 0)
        {
            var thought = new JsonObject { ["text"] = reply.Thought, ["signature"] = MockSeal.Of(reply.Thought) };
            content.Add(new JsonObject { ["reasoningContent"] = new JsonObject { ["reasoningText"] = thought } });
        }
        if (reply.Refusal is not null || reply.Text.Length > 0) content.Add(new JsonObject { ["text"] = reply.Refusal ?? reply.Text });
        foreach (var made in reply.Calls)
        {
            var use = ToolUse(made);
            use["input"] = MockJson.ParseText(made.Arguments);
            content.Add(new JsonObject { ["toolUse"] = use });
        }
        return new()
        {
            ["metrics"] = new JsonObject { ["latencyMs"] = 1 },
            ["output"] = new JsonObject { ["message"] = new JsonObject { ["content"] = content, ["role"] = "assistant" } },
            ["stopReason"] = StopReason(reply),
            ["usage"] = Usage(reply),
        };
    }

    protected override IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call)
    {
        yield return new("messageStart", new() { ["role"] = "assistant" });
        var index = 0;
        if (reply.Thought.Length > 0)
        {
            foreach (var piece in MockReply.Pieces(reply.Thought))
                yield return Delta(index, new() { ["reasoningContent"] = new JsonObject { ["text"] = piece } });
            yield return Delta(index, new() { ["reasoningContent"] = new JsonObject { ["signature"] = MockSeal.Of(reply.Thought) } });
            yield return Stop(index++);
        }
        var text = reply.Refusal ?? reply.Text;
        if (text.Length > 0)
        {
            foreach (var piece in MockReply.Pieces(text)) yield return Delta(index, new() { ["text"] = piece });
            yield return Stop(index++);
        }
        foreach (var made in reply.Calls)
        {
            yield return new("contentBlockStart", new() { ["contentBlockIndex"] = index, ["start"] = new JsonObject { ["toolUse"] = ToolUse(made) } });
            foreach (var piece in MockReply.Pieces(made.Arguments)) yield return Delta(index, new() { ["toolUse"] = new JsonObject { ["input"] = piece } });
            yield return Stop(index++);
        }
        yield return new("messageStop", new() { ["stopReason"] = StopReason(reply) });
        yield return new("metadata", new() { ["metrics"] = new JsonObject { ["latencyMs"] = 1 }, ["usage"] = Usage(reply) });
    }

    protected override MockEvent Failure(MockProblem problem) => new(BedrockFraming.ExceptionStart + "internalServerException", Provider.Error(problem));

    static MockEvent Delta(int index, JsonObject delta) => new("contentBlockDelta", new() { ["contentBlockIndex"] = index, ["delta"] = delta }, IsChunk: true);

    static MockEvent Stop(int index) => new("contentBlockStop", new() { ["contentBlockIndex"] = index });

    static JsonObject ToolUse(MockToolCall made) => new() { ["toolUseId"] = "tooluse_" + made.Id, ["name"] = made.Name };

    /// <summary>Input tokens leave out what the cache read and wrote, as Claude's do.</summary>
    static JsonObject Usage(MockReply reply)
    {
        var cached = reply.Usage.Cached;
        var written = cached.Written + cached.WrittenLong;
        var usage = new JsonObject
        {
            ["inputTokens"] = reply.Usage.Prompt - cached.Read - written,
            ["outputTokens"] = reply.Usage.Output,
            ["totalTokens"] = reply.Usage.Total,
        };
        if (cached.Read + written > 0)
        {
            usage["cacheReadInputTokens"] = cached.Read;
            usage["cacheWriteInputTokens"] = written;
        }
        return usage;
    }

    static string StopReason(MockReply reply) => reply.Stop switch
    {
        MockStop.Length => "max_tokens",
        MockStop.Tools => "tool_use",
        MockStop.StopText => "stop_sequence",
        MockStop.Refused or MockStop.Filtered => "content_filtered",
        _ => "end_turn",
    };
}
