using System.Buffers;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>generateContent and streamGenerateContent.</summary>
/// <param name="provider">Gemini.</param>
/// <param name="isStream">The path asks for a stream.</param>
sealed class GeminiContent(MockProvider provider, bool isStream) : MockChat(provider)
{
    protected override MockQuestion Read(JsonObject body, MockCall call) => new GeminiReader(GeminiNames.Camel(body), call.Check, call.Target).Read(isStream);

    protected override MockFraming Framing(MockCall call) => call.Request.Query["alt"] == "sse" ? MockEventStream.Instance : new ArrayFraming();

    protected override JsonObject Whole(MockQuestion question, MockReply reply, MockCall call)
    {
        var parts = new JsonArray();
        if (ShowsThoughts(question, reply)) parts.Add(new JsonObject { ["text"] = reply.Thought, ["thought"] = true });
        if (reply.Text.Length > 0) parts.Add(TextPart(reply.Text, question.Reasons));
        foreach (var part in CallParts(question, reply)) parts.Add(part);
        return Chunk(question, reply, parts, FinishReason(reply), reply.Usage.Reasoning, reply.Usage.Answer);
    }

    protected override IEnumerable<MockEvent> Stream(MockQuestion question, MockReply reply, MockCall call)
    {
        if (ShowsThoughts(question, reply))
        {
            var thought = 0;
            foreach (var piece in MockReply.Pieces(reply.Thought))
                yield return Event([new JsonObject { ["text"] = piece, ["thought"] = true }], null, ++thought, 0);
        }
        var answer = 0;
        foreach (var piece in MockReply.Pieces(reply.Text)) yield return Event([TextPart(piece, false)], null, reply.Usage.Reasoning, ++answer);
        if (reply.Calls.Count > 0) yield return Event([.. CallParts(question, reply)], null, reply.Usage.Reasoning, reply.Usage.Answer);
        JsonArray last = reply.Refusal is null ? [TextPart("", question.Reasons && reply.Text.Length > 0)] : [];
        yield return Event(last, FinishReason(reply), reply.Usage.Reasoning, reply.Usage.Answer, false);

        MockEvent Event(JsonArray parts, string? finish, int thoughts, int tokens, bool isChunk = true) =>
            new(null, Chunk(question, reply, parts, finish, thoughts, tokens), isChunk);
    }

    static bool ShowsThoughts(MockQuestion question, MockReply reply) => question.ShowsThoughts && reply.Thought.Length > 0;

    static JsonObject TextPart(string text, bool signs)
    {
        var part = new JsonObject { ["text"] = text };
        if (signs) part["thoughtSignature"] = MockSeal.Of(GeminiReader.AnswerSeal);
        return part;
    }

    /// <summary>Calls; the first bears the signature of the thoughts behind them all.</summary>
    static IEnumerable<JsonObject> CallParts(MockQuestion question, MockReply reply)
    {
        var isThird = GeminiReader.NeedsSignatures(question.Model);
        for (var i = 0; i < reply.Calls.Count; i++)
        {
            var call = new JsonObject { ["name"] = reply.Calls[i].Name, ["args"] = MockJson.ParseText(reply.Calls[i].Arguments) };
            if (isThird) call["id"] = reply.Calls[i].Id;
            var part = new JsonObject { ["functionCall"] = call };
            if (i == 0 && (isThird || question.Reasons)) part["thoughtSignature"] = MockSeal.Of(reply.Calls[i].Name);
            yield return part;
        }
    }

    static JsonObject Chunk(MockQuestion question, MockReply reply, JsonArray parts, string? finish, int thoughts, int tokens)
    {
        var chunk = new JsonObject();
        if (reply.Refusal is not null && finish is not null)
        {
            chunk["promptFeedback"] = new JsonObject { ["blockReason"] = "PROHIBITED_CONTENT" };
        }
        else
        {
            var candidate = new JsonObject { ["content"] = new JsonObject { ["parts"] = parts, ["role"] = "model" }, ["index"] = 0 };
            if (finish is not null) candidate["finishReason"] = finish;
            chunk["candidates"] = new JsonArray(candidate);
        }
        chunk["usageMetadata"] = Usage(reply, thoughts, reply.Refusal is null ? tokens : 0);
        chunk["modelVersion"] = question.Model;
        chunk["responseId"] = reply.Id;
        return chunk;
    }

    static JsonObject Usage(MockReply reply, int thoughts, int tokens)
    {
        var usage = new JsonObject { ["promptTokenCount"] = reply.Usage.Prompt };
        if (tokens > 0) usage["candidatesTokenCount"] = tokens;
        usage["totalTokenCount"] = reply.Usage.Prompt + thoughts + tokens;
        if (reply.Usage.Cached.Read > 0) usage["cachedContentTokenCount"] = reply.Usage.Cached.Read;
        usage["promptTokensDetails"] = new JsonArray(new JsonObject { ["modality"] = "TEXT", ["tokenCount"] = reply.Usage.Prompt });
        if (thoughts > 0) usage["thoughtsTokenCount"] = thoughts;
        return usage;
    }

    static string FinishReason(MockReply reply) => reply.Stop switch
    {
        MockStop.Length => "MAX_TOKENS",
        MockStop.Filtered => "SAFETY",
        _ => "STOP",
    };

    /// <summary>Without alt=sse a stream is one JSON array that grows.</summary>
    sealed class ArrayFraming : MockFraming
    {
        bool _isOpen;

        public override string ContentType => "application/json; charset=UTF-8";

        public override void Write(IBufferWriter<byte> to, MockEvent next)
        {
            to.Write(_isOpen ? ",\r\n"u8 : "["u8);
            _isOpen = true;
            to.Write(MockJson.Bytes(next.Payload!));
        }

        public override void WriteBroken(IBufferWriter<byte> to, MockEvent next) => to.Write(",\r\n{\"candidates\": ["u8);

        public override void End(IBufferWriter<byte> to) => to.Write("]"u8);
    }
}
