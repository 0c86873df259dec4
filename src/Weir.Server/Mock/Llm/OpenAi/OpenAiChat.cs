using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Chat Completions.</summary>
sealed class OpenAiChat(MockProvider provider) : MockChat(provider)
{
    const string Fingerprint = "fp_mock";

    protected override MockQuestion Read(JsonObject body, MockCall call) => new OpenAiChatReader(body, call.Check, call.Target).Read();

    protected override JsonObject Whole(MockQuestion question, MockReply reply, MockCall call)
    {
        var choices = new JsonArray();
        for (var i = 0; i < question.Choices; i++)
        {
            var message = new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = reply.Calls.Count > 0 || reply.Refusal is not null ? null : reply.Text,
                ["refusal"] = reply.Refusal,
                ["annotations"] = new JsonArray(),
            };
            if (ShowsThoughts(question, reply)) message["reasoning_content"] = reply.Thought;
            if (reply.Calls.Count > 0) message["tool_calls"] = new JsonArray([.. reply.Calls.Select(static made => (JsonNode)Call(made, made.Arguments))]);
            choices.Add(new JsonObject
            {
                ["index"] = i,
                ["message"] = message,
                ["logprobs"] = question.Logprobs ? Logprobs(MockReply.Pieces(reply.Text)) : null,
                ["finish_reason"] = FinishReason(reply),
            });
        }
        var answer = Envelope("chat.completion", question, reply, call);
        answer["choices"] = choices;
        answer["usage"] = Usage(question, reply);
        return answer;
    }

    protected override IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call)
    {
        // Mistral sends calls whole, and usage unasked in the last chunk.
        var models = OpenAiModels.Of(question.Model);
        for (var i = 0; i < question.Choices; i++)
        {
            yield return Delta(i, new() { ["role"] = "assistant", ["content"] = reply.Calls.Count > 0 ? null : "", ["refusal"] = null }, null, false);
            if (ShowsThoughts(question, reply))
            {
                foreach (var piece in MockReply.Pieces(reply.Thought)) yield return Delta(i, new() { ["reasoning_content"] = piece }, null);
            }
            foreach (var piece in MockReply.Pieces(reply.Text)) yield return Delta(i, new() { ["content"] = piece }, null, true, piece);
            foreach (var piece in MockReply.Pieces(reply.Refusal ?? "")) yield return Delta(i, new() { ["refusal"] = piece }, null);
            for (var number = 0; number < reply.Calls.Count; number++)
            {
                if (models.IsMistral)
                {
                    var whole = Call(reply.Calls[number], reply.Calls[number].Arguments);
                    whole["index"] = number;
                    yield return Delta(i, new() { ["tool_calls"] = new JsonArray(whole) }, null);
                    continue;
                }
                var start = Call(reply.Calls[number], "");
                start["index"] = number;
                yield return Delta(i, new() { ["tool_calls"] = new JsonArray(start) }, null);
                foreach (var piece in MockReply.Pieces(reply.Calls[number].Arguments))
                {
                    var more = new JsonObject { ["index"] = number, ["function"] = new JsonObject { ["arguments"] = piece } };
                    yield return Delta(i, new() { ["tool_calls"] = new JsonArray(more) }, null);
                }
            }
            var end = Delta(i, models.IsMistral ? new() { ["content"] = "" } : [], FinishReason(reply), false);
            if (models.IsMistral) end.Payload!["usage"] = Usage(question, reply);
            yield return end;
        }
        if (question.AsksUsage && !models.IsMistral)
        {
            var last = Envelope("chat.completion.chunk", question, reply, call);
            last["choices"] = new JsonArray();
            last["usage"] = Usage(question, reply);
            yield return new(null, last);
        }
        yield return new(null, null, false, "[DONE]");

        MockEvent Delta(int index, JsonObject delta, string? finish, bool isChunk = true, string? token = null)
        {
            var chunk = Envelope("chat.completion.chunk", question, reply, call);
            var logprobs = question.Logprobs && token is not null ? Logprobs([token]) : null;
            chunk["choices"] = new JsonArray(new JsonObject { ["index"] = index, ["delta"] = delta, ["logprobs"] = logprobs, ["finish_reason"] = finish });
            if (question.AsksUsage && !models.IsMistral) chunk["usage"] = null;
            return new(null, chunk, isChunk);
        }
    }

    static JsonObject Envelope(string kind, MockQuestion question, MockReply reply, MockCall call) => new()
    {
        ["id"] = "chatcmpl-" + reply.Id,
        ["object"] = kind,
        ["created"] = call.UnixSeconds,
        ["model"] = question.Model,
        ["service_tier"] = "default",
        ["system_fingerprint"] = Fingerprint,
    };

    static JsonObject Call(MockToolCall made, string arguments) => new()
    {
        ["id"] = "call_" + made.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = made.Name, ["arguments"] = arguments },
    };

    /// <summary>OpenAI keeps thoughts to itself; DeepSeek shows them.</summary>
    static bool ShowsThoughts(MockQuestion question, MockReply reply) =>
        reply.Thought.Length > 0 && question.Model.StartsWith("deepseek", StringComparison.OrdinalIgnoreCase);

    static string FinishReason(MockReply reply) => reply.Stop switch
    {
        MockStop.Length => "length",
        MockStop.Tools => "tool_calls",
        MockStop.Filtered => "content_filter",
        _ => "stop",
    };

    static JsonObject Logprobs(IEnumerable<string> tokens) => new()
    {
        ["content"] = new JsonArray([.. tokens.Select(static token => (JsonNode)new JsonObject
        {
            ["token"] = token,
            ["logprob"] = -0.125,
            ["bytes"] = new JsonArray([.. System.Text.Encoding.UTF8.GetBytes(token).Select(static value => (JsonNode)(int)value)]),
            ["top_logprobs"] = new JsonArray(),
        })]),
        ["refusal"] = null,
    };

    static JsonObject Usage(MockQuestion question, MockReply reply) => new()
    {
        ["prompt_tokens"] = reply.Usage.Prompt,
        ["completion_tokens"] = reply.Usage.Output * question.Choices,
        ["total_tokens"] = reply.Usage.Prompt + reply.Usage.Output * question.Choices,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = reply.Usage.Cached.Read, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = reply.Usage.Reasoning * question.Choices,
            ["audio_tokens"] = 0,
            ["accepted_prediction_tokens"] = 0,
            ["rejected_prediction_tokens"] = 0,
        },
    };
}
