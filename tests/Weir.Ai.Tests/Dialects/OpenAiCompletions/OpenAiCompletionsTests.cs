using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class OpenAiCompletionsTests
{
    const string Logprobs = """{"tokens":["Hi","!"],"token_logprobs":[null,-0.5],"top_logprobs":[null,{"!":-0.5,"?":-2.25}],"text_offset":[0,2]}""";

    readonly OpenAiCompletionsDialect _dialect = new();

    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in (string[])["openai/completions.jsonl", "together/completions.jsonl"])
                foreach (var exchange in Exchange.Of(file)) data.Add(file, exchange.Id);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Writes_recorded_requests_and_answers_as_they_were_read(string file, string id)
    {
        var exchange = Exchange.Of(file).Single(exchange => exchange.Id == id);
        var problems = new Problems();
        var request = _dialect.ReadRequest(exchange.RequestBody, default, problems);
        Assert.Equal([], problems.Found);
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        _dialect.WriteRequest(request!, new ModelTarget { Model = request!.Model }, output, losses);
        Assert.Equal("", losses.ToString());
        Assert.Equal(JsonShape.Text(RequestShape(exchange.Request)), JsonShape.Text(RequestShape(JsonNode.Parse(output.WrittenSpan)!)));
        if (exchange.Status == 200 && !exchange.Stream) WritesTheSame(JsonNode.Parse(exchange.ResponseBody)!);
        if (exchange.Status == 200 && exchange.Stream) StreamsTheSame(exchange.ResponseBody);
    }

    [Theory]
    [InlineData("{}", "model: is required; prompt: is required")]
    [InlineData("""{"model":"m","prompt":7}""", "prompt: must be a string or an array of one string")]
    [InlineData("""{"model":"m","prompt":["a","b"]}""", "prompt: must be one text: several prompts, and prompts of token numbers, cannot be translated")]
    [InlineData("""{"model":"m","prompt":[1,2]}""", "prompt: must be one text: several prompts, and prompts of token numbers, cannot be translated")]
    [InlineData("""{"model":"m","prompt":[]}""", "prompt: must be one text: several prompts, and prompts of token numbers, cannot be translated")]
    [InlineData("""{"model":"m","prompt":"a","n":0,"max_tokens":-2}""", "n: must be at least 1, not 0; max_tokens: must be at least -1, not -2")]
    [InlineData("""{"model":"m","prompt":"a","logprobs":true}""", "logprobs: must be a whole number, not true")]
    public void Reports_every_problem_with_its_place(string body, string problems)
    {
        var found = new Problems();
        Assert.Null(_dialect.ReadRequest(Encoding.UTF8.GetBytes(body), default, found));
        Assert.Equal(problems, string.Join("; ", found.Found.Select(static p => $"{p.Field}: {p.Message}")));
    }

    [Fact]
    public void Writes_a_conversation_as_a_transcript_and_names_what_it_loses()
    {
        var request = new ChatRequest { Dialect = DialectName.OpenAiChat };
        request.Messages.Add(Message.OfText(Role.System, "Be brief."));
        request.Messages.Add(Message.OfText(Role.User, "Hi"));
        request.Messages.Add(new Message { Role = Role.Assistant, Parts = { new TextPart("Hello"), new ToolCallPart("a", "f", "{}") } });
        request.Messages.Add(Message.OfText(Role.User, "Bye"));
        request.Tools.Add(new ToolDefinition { Name = "f" });
        request.Extras.Add(new Extra("logit_bias", JsonText.Of("{}")));
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        _dialect.WriteRequest(request, new ModelTarget { Model = "m" }, output, losses);
        Assert.Equal("Be brief.\n\nUser: Hi\n\nAssistant: Hello\n\nUser: Bye\n\nAssistant:", (string?)JsonNode.Parse(output.WrittenSpan)!["prompt"]);
        Assert.Equal(["logit_bias", "messages.role", "messages.tool_calls", "tools"], losses.Names.Order());
    }

    [Fact]
    public void Turns_log_probabilities_into_those_of_chat_and_back()
    {
        var body = $$"""{"id":"c","model":"m","choices":[{"text":"Hi!","index":0,"logprobs":{{Logprobs}},"finish_reason":"stop"}]}""";
        var sink = new RecordingSink();
        _dialect.ReadReply(Encoding.UTF8.GetBytes(body), sink);
        Assert.Equal(
            """
            [{"token":"Hi","logprob":null,"bytes":null,"top_logprobs":[]},
             {"token":"!","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"!","logprob":-0.5,"bytes":null},{"token":"?","logprob":-2.25,"bytes":null}]}]
            """.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            Assert.Single(sink.Events, static e => e.Kind == ReplyEventKind.Logprobs).Json.ToString());
        var written = Write(sink, new ReplyShape());
        Assert.Equal(
            JsonShape.Text(JsonNode.Parse(Logprobs.Replace("[null,{", "[{},{", StringComparison.Ordinal))),
            JsonShape.Text(written["choices"]![0]!["logprobs"]));
    }

    [Fact]
    public void Shows_the_text_of_a_chat_and_names_what_it_cannot_show()
    {
        var sink = new RecordingSink();
        new OpenAiChatDialect().ReadReply(
            """
            {"id":"c","created":1,"model":"m","system_fingerprint":"f","choices":[{"index":0,"finish_reason":"tool_calls","message":{
              "reasoning_content":"hm","content":"Hi","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}}],
              "usage":{"prompt_tokens":1,"completion_tokens":2}}
            """u8.ToArray(),
            sink);
        var shape = new ReplyShape { Model = "mine" };
        var written = Write(sink, shape);
        var choice = written["choices"]![0]!;
        Assert.Equal(("mine", "Hi", "stop"), ((string?)written["model"], (string?)choice["text"], (string?)choice["finish_reason"]));
        Assert.Equal(3, (int)written["usage"]!["total_tokens"]!);
        Assert.Equal(["reasoning", "system_fingerprint", "tool_calls"], shape.Losses.Names.Order());
    }

    [Fact]
    public void Streams_pieces_usage_and_done()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = _dialect.StreamWriter(new ReplyShape { Id = "7", Unix = 5 }, output);
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Started, Name = "m" });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.Text });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Text, Text = "Hi\ud83d" });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = StopReason.MaxTokens });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = new TokenUsage { Input = 1, Output = 2 } });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
        const string head = """data: {"id":"cmpl-7","object":"text_completion","created":5,"model":"m","choices":[""";
        var events = Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n");
        Assert.Equal(head + """{"text":"Hi\ud83d","index":0,"logprobs":null,"finish_reason":null}],"usage":null}""", events[0]);
        Assert.Equal(head + """{"text":"","index":0,"logprobs":null,"finish_reason":"length"}],"usage":null}""", events[1]);
        Assert.StartsWith(head + """],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3""", events[2], StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", events[3]);
        Assert.Equal(5, events.Length);
    }

    [Fact]
    public void Shows_a_failure_in_a_stream_and_in_a_whole_answer()
    {
        var failed = new ReplyEvent { Kind = ReplyEventKind.Failed, Error = new LlmError(LlmErrorKind.Overloaded, 503, "busy") };
        var output = new ArrayBufferWriter<byte>();
        _dialect.StreamWriter(new ReplyShape(), output).On(failed);
        Assert.StartsWith("""data: {"error":{"message":"busy",""", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
        output.ResetWrittenCount();
        var whole = _dialect.WholeWriter(new ReplyShape(), output);
        whole.On(failed);
        whole.Complete();
        Assert.StartsWith("""{"error":{"message":"busy",""", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Never_throws_on_an_answer_that_is_cut_or_changed()
    {
        const string usage = """{"prompt_tokens":1}""";
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"id":"c","choices":[{"text":"Hi!","index":0,"logprobs":{{{Logprobs}}},"finish_reason":"stop"}],"usage":{{{usage}}} }""");
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort Place, byte Value, bool Cuts)>(), change =>
        {
            var changed = body.ToArray();
            var place = change.Place % body.Length;
            changed[place] = change.Value;
            var sink = new RecordingSink();
            _dialect.ReadReply(change.Cuts ? changed.AsMemory(0, place) : changed, sink);
            var output = new ArrayBufferWriter<byte>();
            var writer = _dialect.WholeWriter(new ReplyShape(), output);
            foreach (var reply in sink.Events) writer.On(reply);
            writer.Complete();
            return sink.Events[^1].Kind is ReplyEventKind.Ended or ReplyEventKind.Failed && JsonNode.Parse(output.WrittenSpan) is not null;
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    void WritesTheSame(JsonNode answer)
    {
        // Together calls it text.completion.
        answer["object"] = "text_completion";
        var sink = new RecordingSink();
        _dialect.ReadReply(Encoding.UTF8.GetBytes(answer.ToJsonString()), sink);
        Assert.Equal(JsonShape.Text(ChatShape.OfAnswer(answer)), JsonShape.Text(ChatShape.OfAnswer(Write(sink, new ReplyShape()))));
    }

    void StreamsTheSame(ReadOnlySpan<byte> stream)
    {
        var first = new RecordingSink();
        var reader = _dialect.StreamReader(first);
        reader.Feed(stream);
        reader.End();
        var output = new ArrayBufferWriter<byte>();
        var writer = _dialect.StreamWriter(new ReplyShape(), output);
        foreach (var reply in first.Events) writer.On(reply);
        var second = new RecordingSink();
        reader = _dialect.StreamReader(second);
        reader.Feed(output.WrittenSpan);
        reader.End();
        Assert.Equal(EventShape.Of(first), EventShape.Of(second));
    }

    JsonNode Write(RecordingSink sink, ReplyShape shape)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = _dialect.WholeWriter(shape, output);
        foreach (var reply in sink.Events) writer.On(reply);
        writer.Complete();
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    /// <summary>One prompt is the same in an array and alone; usage is always asked for.</summary>
    static JsonNode RequestShape(JsonNode request)
    {
        var body = request.DeepClone().AsObject();
        if (body["prompt"] is JsonArray { Count: 1 } prompt) body["prompt"] = prompt[0]!.DeepClone();
        body.Remove("stream_options");
        if (body["stream"] is JsonValue stream && !stream.GetValue<bool>()) body.Remove("stream");
        return body;
    }
}
