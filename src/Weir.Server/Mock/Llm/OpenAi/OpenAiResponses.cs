using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Responses.</summary>
sealed class OpenAiResponses(MockProvider provider) : MockChat(provider)
{
    protected override MockQuestion Read(JsonObject body, MockCall call) => new OpenAiResponsesReader(body, call.Check).Read();

    protected override JsonObject Whole(MockQuestion question, MockReply reply, MockCall call)
    {
        var response = Response(question, reply, call, Status(reply));
        foreach (var item in Items(question, reply)) response["output"]!.AsArray().Add(item);
        response["usage"] = Usage(reply);
        return response;
    }

    protected override IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call)
    {
        var number = 0;
        yield return Event("response.created", new() { ["response"] = Response(question, reply, call, "in_progress") });
        yield return Event("response.in_progress", new() { ["response"] = Response(question, reply, call, "in_progress") });
        var whole = Items(question, reply).ToList();
        for (var output = 0; output < whole.Count; output++)
        {
            var started = (JsonObject)whole[output].DeepClone();
            Empty(started);
            yield return Event("response.output_item.added", new() { ["output_index"] = output, ["item"] = started });
            foreach (var step in Steps(whole[output]))
            {
                step.Fields.Insert(0, "item_id", whole[output]["id"]!.ToString());
                step.Fields.Insert(1, "output_index", output);
                yield return Event(step.Type, step.Fields, step.IsChunk);
            }
            yield return Event("response.output_item.done", new() { ["output_index"] = output, ["item"] = whole[output].DeepClone() });
        }
        var last = Whole(question, reply, call);
        yield return Event(Status(reply) == "completed" ? "response.completed" : "response.incomplete", new() { ["response"] = last });

        MockEvent Event(string type, JsonObject rest, bool isChunk = false)
        {
            rest.Insert(0, "type", type);
            rest["sequence_number"] = number++;
            return new(type, rest, isChunk);
        }
    }

    protected override MockEvent Failure(MockProblem problem) => new(
        "error", new() { ["type"] = "error", ["code"] = "server_error", ["message"] = problem.Message, ["param"] = null, ["sequence_number"] = 0 });

    /// <summary>What is sent between the start and the end of an item.</summary>
    static IEnumerable<(string Type, JsonObject Fields, bool IsChunk)> Steps(JsonObject item)
    {
        switch (item["type"]!.ToString())
        {
            case "function_call":
                var arguments = item["arguments"]!.ToString();
                foreach (var piece in MockReply.Pieces(arguments)) yield return ("response.function_call_arguments.delta", new() { ["delta"] = piece }, true);
                yield return ("response.function_call_arguments.done", new() { ["arguments"] = arguments }, false);
                break;
            case "reasoning" when item["summary"]!.AsArray() is { Count: > 0 } summary:
                foreach (var step in Part("reasoning_summary_part", "reasoning_summary_text", "summary_index", "text", (JsonObject)summary[0]!))
                    yield return step;
                break;
            case "message" when item["content"]![0]!["type"]!.ToString() == "refusal":
                foreach (var step in Part("content_part", "refusal", "content_index", "refusal", (JsonObject)item["content"]![0]!)) yield return step;
                break;
            case "message":
                foreach (var step in Part("content_part", "output_text", "content_index", "text", (JsonObject)item["content"]![0]!)) yield return step;
                break;
        }
    }

    static IEnumerable<(string Type, JsonObject Fields, bool IsChunk)> Part(string part, string text, string index, string field, JsonObject whole)
    {
        var started = (JsonObject)whole.DeepClone();
        started[field] = "";
        yield return ($"response.{part}.added", new() { [index] = 0, ["part"] = started }, false);
        foreach (var piece in MockReply.Pieces(whole[field]!.ToString()))
        {
            var delta = new JsonObject { [index] = 0, ["delta"] = piece };
            if (text == "output_text") delta["logprobs"] = new JsonArray();
            yield return ($"response.{text}.delta", delta, true);
        }
        var done = new JsonObject { [index] = 0, [field] = whole[field]!.ToString() };
        if (text == "output_text") done["logprobs"] = new JsonArray();
        yield return ($"response.{text}.done", done, false);
        yield return ($"response.{part}.done", new() { [index] = 0, ["part"] = whole.DeepClone() }, false);
    }

    static void Empty(JsonObject item)
    {
        if (item.ContainsKey("status")) item["status"] = "in_progress";
        if (item.ContainsKey("arguments")) item["arguments"] = "";
        if (item.ContainsKey("content")) item["content"] = new JsonArray();
        if (item.ContainsKey("summary")) item["summary"] = new JsonArray();
    }

    static IEnumerable<JsonObject> Items(MockQuestion question, MockReply reply)
    {
        if (reply.Thought.Length > 0)
        {
            var summary = new JsonArray();
            if (question.ShowsThoughts) summary.Add(new JsonObject { ["type"] = "summary_text", ["text"] = reply.Thought });
            var reasoning = new JsonObject { ["id"] = "rs_" + reply.Id, ["type"] = "reasoning", ["summary"] = summary };
            if (question.ClosesThoughts) reasoning["encrypted_content"] = MockSeal.Close(reply.Thought);
            yield return reasoning;
        }
        foreach (var made in reply.Calls)
        {
            yield return new()
            {
                ["id"] = "fc_" + made.Id,
                ["type"] = "function_call",
                ["status"] = "completed",
                ["arguments"] = made.Arguments,
                ["call_id"] = "call_" + made.Id,
                ["name"] = made.Name,
            };
        }
        if (reply.Calls.Count > 0) yield break;
        var part = reply.Refusal is null
            ? new JsonObject { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = reply.Text }
            : new JsonObject { ["type"] = "refusal", ["refusal"] = reply.Refusal };
        yield return new()
        {
            ["id"] = "msg_" + reply.Id,
            ["type"] = "message",
            ["status"] = Status(reply),
            ["content"] = new JsonArray(part),
            ["role"] = "assistant",
        };
    }

    static string Status(MockReply reply) => reply.Stop is MockStop.Length or MockStop.Filtered ? "incomplete" : "completed";

    static JsonObject Response(MockQuestion question, MockReply reply, MockCall call, string status) => new()
    {
        ["id"] = "resp_" + reply.Id,
        ["object"] = "response",
        ["created_at"] = call.UnixSeconds,
        ["status"] = status,
        ["background"] = false,
        ["error"] = null,
        ["incomplete_details"] = status == "incomplete"
            ? new JsonObject { ["reason"] = reply.Stop == MockStop.Length ? "max_output_tokens" : "content_filter" }
            : null,
        ["instructions"] = null,
        ["max_output_tokens"] = question.OutputTokensMax,
        ["model"] = question.Model,
        ["output"] = new JsonArray(),
        ["parallel_tool_calls"] = question.AllowsParallel,
        ["previous_response_id"] = null,
        ["reasoning"] = new JsonObject { ["effort"] = null, ["summary"] = null },
        ["service_tier"] = "default",
        ["store"] = true,
        ["temperature"] = 1,
        ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
        ["tool_choice"] = "auto",
        ["tools"] = new JsonArray(),
        ["top_p"] = 1,
        ["truncation"] = "disabled",
        ["usage"] = null,
        ["user"] = null,
        ["metadata"] = new JsonObject(),
    };

    static JsonObject Usage(MockReply reply) => new()
    {
        ["input_tokens"] = reply.Usage.Prompt,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = reply.Usage.Cached.Read },
        ["output_tokens"] = reply.Usage.Output,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = reply.Usage.Reasoning },
        ["total_tokens"] = reply.Usage.Total,
    };
}
