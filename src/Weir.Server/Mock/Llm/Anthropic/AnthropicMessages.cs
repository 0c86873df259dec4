using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>The Messages API.</summary>
sealed class AnthropicMessages(MockProvider provider) : MockChat(provider)
{
    protected override bool CachesUnmarked => false;

    protected override MockQuestion Read(JsonObject body, MockCall call)
    {
        if (call.Target.Length > 0) return OnVertex(body, call);
        if (call.Request.Headers["anthropic-version"].Count == 0) call.Check.Fail("anthropic-version: header is required");
        return new AnthropicReader(body, call.Check).Read();
    }

    /// <summary>Google names the model in the path and the version in the body.</summary>
    static MockQuestion OnVertex(JsonObject body, MockCall call)
    {
        if (body["model"] is not null) call.Check.Fail("model: Extra inputs are not permitted");
        call.Check.OneOf(body, "anthropic_version", "", true, "vertex-2023-10-16");
        return new AnthropicReader(body, call.Check).Read(model: call.Target);
    }

    protected override JsonObject Whole(MockQuestion question, MockReply reply, MockCall call)
    {
        var content = new JsonArray();
        if (reply.Thought.Length > 0)
            content.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = reply.Thought, ["signature"] = MockSeal.Of(reply.Thought) });
        if (reply.Text.Length > 0) content.Add(new JsonObject { ["type"] = "text", ["text"] = reply.Text });
        foreach (var made in reply.Calls)
        {
            var block = ToolUse(made);
            block["input"] = MockJson.ParseText(made.Arguments);
            content.Add(block);
        }
        var message = Message(question, reply, Usage(reply, reply.Usage.Output));
        message["content"] = content;
        message["stop_reason"] = StopReason(reply);
        message["stop_sequence"] = reply.StopText;
        return message;
    }

    protected override IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call)
    {
        yield return Event("message_start", new() { ["message"] = Message(question, reply, Usage(reply, 1)) });
        var index = 0;
        if (reply.Thought.Length > 0)
        {
            yield return Start(index, new() { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" });
            foreach (var piece in MockReply.Pieces(reply.Thought)) yield return Delta(index, new() { ["type"] = "thinking_delta", ["thinking"] = piece });
            yield return Delta(index, new() { ["type"] = "signature_delta", ["signature"] = MockSeal.Of(reply.Thought) });
            yield return Stop(index++);
        }
        yield return Event("ping", []);
        if (reply.Text.Length > 0)
        {
            yield return Start(index, new() { ["type"] = "text", ["text"] = "" });
            foreach (var piece in MockReply.Pieces(reply.Text)) yield return Delta(index, new() { ["type"] = "text_delta", ["text"] = piece });
            yield return Stop(index++);
        }
        foreach (var made in reply.Calls)
        {
            yield return Start(index, ToolUse(made));
            yield return Delta(index, new() { ["type"] = "input_json_delta", ["partial_json"] = "" });
            foreach (var piece in MockReply.Pieces(made.Arguments))
                yield return Delta(index, new() { ["type"] = "input_json_delta", ["partial_json"] = piece });
            yield return Stop(index++);
        }
        yield return Event("message_delta", new()
        {
            ["delta"] = new JsonObject { ["stop_reason"] = StopReason(reply), ["stop_sequence"] = reply.StopText },
            ["usage"] = Usage(reply, reply.Usage.Output),
        });
        yield return Event("message_stop", []);
    }

    protected override MockEvent Failure(MockProblem problem) => new("error", Provider.Error(problem));

    static MockEvent Event(string type, JsonObject rest, bool isChunk = false)
    {
        rest.Insert(0, "type", type);
        return new(type, rest, isChunk);
    }

    static MockEvent Start(int index, JsonObject block) => Event("content_block_start", new() { ["index"] = index, ["content_block"] = block });

    static MockEvent Delta(int index, JsonObject delta) => Event("content_block_delta", new() { ["index"] = index, ["delta"] = delta }, isChunk: true);

    static MockEvent Stop(int index) => Event("content_block_stop", new() { ["index"] = index });

    static JsonObject ToolUse(MockToolCall made) =>
        new() { ["type"] = "tool_use", ["id"] = "toolu_" + made.Id, ["name"] = made.Name, ["input"] = new JsonObject() };

    static JsonObject Message(MockQuestion question, MockReply reply, JsonObject usage) => new()
    {
        ["id"] = "msg_" + reply.Id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = question.Model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
        ["usage"] = usage,
    };

    static JsonObject Usage(MockReply reply, int output)
    {
        var cached = reply.Usage.Cached;
        return new()
        {
            ["input_tokens"] = reply.Usage.Prompt - cached.Read - cached.Written - cached.WrittenLong,
            ["cache_creation_input_tokens"] = cached.Written + cached.WrittenLong,
            ["cache_read_input_tokens"] = cached.Read,
            ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = cached.Written, ["ephemeral_1h_input_tokens"] = cached.WrittenLong },
            ["output_tokens"] = output,
            ["service_tier"] = "standard",
        };
    }

    static string StopReason(MockReply reply) => reply.Stop switch
    {
        MockStop.Length => "max_tokens",
        MockStop.Tools => "tool_use",
        MockStop.StopText => "stop_sequence",
        MockStop.Refused or MockStop.Filtered => "refusal",
        _ => "end_turn",
    };
}
