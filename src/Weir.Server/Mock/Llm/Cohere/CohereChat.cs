using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Chat of API version 2.</summary>
sealed class CohereChat(MockProvider provider) : MockChat(provider)
{
    const string Plan = "I will call the tools.";

    protected override MockQuestion Read(JsonObject body, MockCall call) => new CohereReader(body, call.Check).Read();

    protected override JsonObject Whole(MockQuestion question, MockReply reply, MockCall call)
    {
        var message = new JsonObject { ["role"] = "assistant" };
        var content = new JsonArray();
        if (reply.Thought.Length > 0) content.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = reply.Thought });
        if (Text(reply).Length > 0) content.Add(new JsonObject { ["type"] = "text", ["text"] = Text(reply) });
        if (reply.Calls.Count > 0)
        {
            message["tool_plan"] = Plan;
            message["tool_calls"] = new JsonArray([.. reply.Calls.Select(static made => (JsonNode)Call(made, made.Arguments))]);
        }
        if (content.Count > 0) message["content"] = content;
        return new() { ["id"] = reply.Id, ["finish_reason"] = FinishReason(reply), ["message"] = message, ["usage"] = Usage(reply) };
    }

    protected override IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call)
    {
        var empty = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = new JsonArray(),
            ["tool_plan"] = "",
            ["tool_calls"] = new JsonArray(),
            ["citations"] = new JsonArray(),
        };
        yield return new("message-start", new() { ["id"] = reply.Id, ["type"] = "message-start", ["delta"] = new JsonObject { ["message"] = empty } });
        var index = 0;
        foreach (var (kind, text) in ((string, string)[])[("thinking", reply.Thought), ("text", Text(reply))])
        {
            if (text.Length == 0) continue;
            yield return Event("content-start", index, Content(new() { ["type"] = kind, [kind] = "" }));
            foreach (var piece in MockReply.Pieces(text)) yield return Event("content-delta", index, Content(new() { [kind] = piece }), isChunk: true);
            yield return Event("content-end", index++);
        }
        if (reply.Calls.Count > 0)
            yield return Event("tool-plan-delta", null, new() { ["tool_plan"] = Plan });
        for (var i = 0; i < reply.Calls.Count; i++)
        {
            yield return Event("tool-call-start", i, new() { ["tool_calls"] = Call(reply.Calls[i], "") });
            foreach (var piece in MockReply.Pieces(reply.Calls[i].Arguments))
                yield return Event("tool-call-delta", i, new() { ["tool_calls"] = new JsonObject { ["function"] = new JsonObject { ["arguments"] = piece } } },
                    isChunk: true);
            yield return Event("tool-call-end", i);
        }
        var end = new JsonObject { ["finish_reason"] = FinishReason(reply), ["usage"] = Usage(reply) };
        yield return new("message-end", new() { ["type"] = "message-end", ["delta"] = end });
    }

    protected override MockEvent Failure(MockProblem problem) =>
        new("message-end", new() { ["type"] = "message-end", ["delta"] = new JsonObject { ["finish_reason"] = "ERROR", ["error"] = problem.Message } });

    static MockEvent Event(string type, int? index, JsonObject? message = null, bool isChunk = false)
    {
        var next = new JsonObject { ["type"] = type };
        if (index is not null) next["index"] = index;
        if (message is not null) next["delta"] = new JsonObject { ["message"] = message };
        return new(type, next, isChunk);
    }

    static JsonObject Content(JsonObject content) => new() { ["content"] = content };

    static string Text(MockReply reply) => reply.Refusal ?? reply.Text;

    static JsonObject Call(MockToolCall made, string arguments) => new()
    {
        ["id"] = $"{made.Name}_{made.Id}",
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = made.Name, ["arguments"] = arguments },
    };

    /// <summary>Billed are the tokens of caller and answer; here they are all.</summary>
    static JsonObject Usage(MockReply reply) => new()
    {
        ["billed_units"] = new JsonObject { ["input_tokens"] = reply.Usage.Prompt, ["output_tokens"] = reply.Usage.Output },
        ["tokens"] = new JsonObject { ["input_tokens"] = reply.Usage.Prompt, ["output_tokens"] = reply.Usage.Output },
        ["cached_tokens"] = reply.Usage.Cached.Read,
    };

    static string FinishReason(MockReply reply) => reply.Stop switch
    {
        MockStop.Length => "MAX_TOKENS",
        MockStop.Tools => "TOOL_CALL",
        MockStop.StopText => "STOP_SEQUENCE",
        MockStop.Filtered => "ERROR",
        _ => "COMPLETE",
    };
}
