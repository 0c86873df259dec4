using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Completions, the older wire: a prompt and what follows it.</summary>
sealed class OpenAiCompletions(MockProvider provider) : MockChat(provider)
{
    const int DefaultTokens = 16;

    protected override MockQuestion Read(JsonObject body, MockCall call)
    {
        var check = call.Check;
        var question = new MockQuestion { Model = check.Text(body, "model", "", call.Target.Length == 0) ?? call.Target };
        if (body["prompt"] is JsonArray prompts) question.UserText = string.Concat(check.Texts(prompts, "prompt"));
        else question.UserText = check.Text(body, "prompt", "", required: true) ?? "";
        question.Prompt.AddText(question.UserText);
        question.Prompt.EndBlock();
        question.OutputTokensMax = check.Integer(body, "max_tokens", "", min: 0) ?? DefaultTokens;
        check.Number(body, "temperature", "", 0, 2);
        check.Number(body, "top_p", "", 0, 1);
        question.Choices = Math.Max(1, check.Integer(body, "n", "", min: 1, max: 128) ?? 1);
        if (MockJson.IsText(body["stop"])) question.Stops.Add(body["stop"]!.GetValue<string>());
        else question.Stops.AddRange(check.Texts(check.Array(body, "stop", ""), "stop"));
        question.IsStream = check.Flag(body, "stream", "") ?? false;
        if (check.Object(body, "stream_options", "") is { } options) question.AsksUsage = check.Flag(options, "include_usage", "stream_options") ?? false;
        return question;
    }

    protected override JsonObject Whole(MockQuestion question, MockReply reply, MockCall call)
    {
        var answer = Envelope(question, reply, call);
        answer["choices"] = new JsonArray([.. Enumerable.Range(0, question.Choices).Select(index => (JsonNode)Choice(index, Text(reply), Finish(reply)))]);
        answer["usage"] = Usage(question, reply);
        return answer;
    }

    protected override IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call)
    {
        for (var i = 0; i < question.Choices; i++)
        {
            foreach (var piece in MockReply.Pieces(Text(reply))) yield return Chunk(Choice(i, piece, null), true);
            yield return Chunk(Choice(i, "", Finish(reply)), false);
        }
        if (question.AsksUsage)
        {
            var last = Envelope(question, reply, call);
            last["choices"] = new JsonArray();
            last["usage"] = Usage(question, reply);
            yield return new(null, last);
        }
        yield return new(null, null, false, "[DONE]");

        MockEvent Chunk(JsonObject choice, bool isChunk)
        {
            var chunk = Envelope(question, reply, call);
            chunk["choices"] = new JsonArray(choice);
            return new(null, chunk, isChunk);
        }
    }

    static JsonObject Envelope(MockQuestion question, MockReply reply, MockCall call) => new()
    {
        ["id"] = "cmpl-" + reply.Id,
        ["object"] = "text_completion",
        ["created"] = call.UnixSeconds,
        ["model"] = question.Model,
    };

    static JsonObject Choice(int index, string text, string? finish) => new()
    {
        ["text"] = text,
        ["index"] = index,
        ["logprobs"] = null,
        ["finish_reason"] = finish,
    };

    static string Text(MockReply reply) => reply.Refusal ?? reply.Text;

    static string Finish(MockReply reply) => reply.Stop switch
    {
        MockStop.Length => "length",
        MockStop.Filtered => "content_filter",
        _ => "stop",
    };

    static JsonObject Usage(MockQuestion question, MockReply reply) => new()
    {
        ["prompt_tokens"] = reply.Usage.Prompt,
        ["completion_tokens"] = reply.Usage.Output * question.Choices,
        ["total_tokens"] = reply.Usage.Prompt + reply.Usage.Output * question.Choices,
    };
}
