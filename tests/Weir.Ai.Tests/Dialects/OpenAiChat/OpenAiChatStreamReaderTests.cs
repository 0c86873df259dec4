using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class OpenAiChatStreamReaderTests
{
    [Fact]
    public void Reads_text_thoughts_and_usage() =>
        Reads(
            """
            Started id=c name=m
            PartStarted 0.0 Reasoning
            Delta 0.0 Reasoning 'hm'
            PartEnded 0.0 Reasoning
            PartStarted 0.1 Text
            Delta 0.1 Text 'Hel'
            Delta 0.1 Text 'lo'
            Usage 3+2
            PartEnded 0.1 Text
            Finished 0 EndTurn
            Ended
            """,
            Chunk("""{"role":"assistant","content":""}"""),
            Chunk("""{"content":null,"reasoning_content":"hm"}"""),
            Chunk("""{"content":"Hel","reasoning_content":null}"""),
            Chunk("""{"content":"lo"}"""),
            Chunk("{}", "stop"),
            """{"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""",
            "[DONE]");

    [Fact]
    public void Reads_calls_that_come_in_turns() =>
        Reads(
            """
            Started id=c name=m
            PartStarted 0.0 ToolCall id=a name=f
            PartStarted 0.1 ToolCall id=b name=g
            Delta 0.0 ToolCall '{"x":'
            Delta 0.1 ToolCall '{}'
            Delta 0.0 ToolCall '1}'
            PartEnded 0.0 ToolCall
            PartEnded 0.1 ToolCall
            Finished 0 ToolCalls
            Ended
            """,
            Call("""{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}"""),
            Call("""{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}"""),
            Call("""{"index":0,"function":{"arguments":"{\"x\":"}}"""),
            Call("""{"index":1,"function":{"arguments":"{}"}}"""),
            Call("""{"index":0,"function":{"arguments":"1}"}}"""),
            Chunk("{}", "tool_calls"),
            "[DONE]");

    [Theory]
    [InlineData(
        "as OpenAI", """{"index":0,"id":"a","function":{"name":"f","arguments":""}}""", """{"index":0,"function":{"arguments":"{}"}}""",
        """{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData(
        "empty ids", """{"index":0,"id":"a","function":{"name":"f","arguments":""}}""",
        """{"index":0,"id":"","function":{"name":"","arguments":"{}"}}""", """{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData(
        "id and name repeated", """{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}""",
        """{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}""", """{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData(
        "no index", """{"id":"a","function":{"name":"f","arguments":"{"}}""", """{"function":{"arguments":"}"}}""",
        """{"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData(
        "no index, id repeated", """{"id":"a","function":{"name":"f","arguments":"{"}}""", """{"id":"a","function":{"arguments":"}"}}""",
        """{"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData(
        "the same index for all", """{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}""", """{"index":0,"function":{"arguments":"}"}}""",
        """{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData(
        "index from 1", """{"index":1,"id":"a","function":{"name":"f","arguments":"{"}}""", """{"index":1,"function":{"arguments":"}"}}""",
        """{"index":2,"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData("whole calls", """{"id":"a","function":{"name":"f","arguments":"{}"}}""", """{"id":"b","function":{"name":"g","arguments":"{}"}}""")]
    [InlineData("arguments as an object", """{"id":"a","function":{"name":"f","arguments":{}}}""", """{"id":"b","function":{"name":"g","arguments":{}}}""")]
    public void Understands_calls_of_providers_that(string way, params string[] pieces)
    {
        var sink = Read([.. pieces.Select(Call), Chunk("{}", "stop"), "[DONE]"]);
        Assert.Equal(["a f {}", "b g {}"], Calls(sink));
        Assert.True(sink.Events.Exists(static e => e is { Kind: ReplyEventKind.Finished, Stop: StopReason.ToolCalls }), way);
    }

    [Fact]
    public void Understands_several_whole_calls_without_ids_in_one_chunk() =>
        Assert.Equal(
            ["- f {}", "- f {\"a\":1}"],
            Calls(Read(Chunk("""{"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"{\"a\":1}"}}]}"""), "[DONE]")));

    [Fact]
    public void Ends_a_call_that_is_complete_when_the_next_begins()
    {
        var sink = Read(
            Call("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"}\":\"\\\"\"}"}}"""),
            Call("""{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}"""));
        var kinds = sink.Events.Select(static e => e.Kind).ToList();
        Assert.True(kinds.IndexOf(ReplyEventKind.PartEnded) < kinds.LastIndexOf(ReplyEventKind.PartStarted));
    }

    [Fact]
    public void Reads_an_answer_given_through_a_tool_as_text() =>
        Reads(
            """
            Started id=c name=m
            PartStarted 0.0 Text
            Delta 0.0 Text '{"a":'
            Delta 0.0 Text '1}'
            PartEnded 0.0 Text
            Finished 0 EndTurn
            Ended
            """,
            Call("""{"index":0,"id":"a","function":{"name":"json_answer","arguments":""}}"""),
            Call("""{"index":0,"function":{"arguments":"{\"a\":"}}"""),
            Call("""{"index":0,"function":{"arguments":"1}"}}"""),
            Chunk("{}", "tool_calls"),
            "[DONE]");

    [Fact]
    public void Takes_the_piece_where_the_message_so_far_stands_beside_it() =>
        Assert.Equal("ab", Read(
            """{"id":"c","choices":[{"index":0,"message":{"content":"a"},"delta":{"content":"a"}}]}""",
            """{"id":"c","choices":[{"index":0,"delta":{"content":"b"},"message":{"content":"ab"},"finish_reason":"stop"}]}""").TextOf(ReplyPartKind.Text));

    [Theory]
    [InlineData("alibaba/vercel-alibaba-tool-call", "", "", "weather {\"location\": \"San Francisco\"}", "295/0 22/0", "ToolCalls")]
    [InlineData("deepseek/vercel-deepseek-tool-call", "", "The user", "weather {\"location\": \"San Francisco\"}", "339/320 83/39", "ToolCalls")]
    [InlineData("groq/vercel-groq-tool-call", "", "", "weather {}", "210/0 15/0", "ToolCalls")]
    [InlineData("moonshotai/vercel-moonshotai-stream", "Hello!", "Thinking aloud. ", "", "9/0 12/7", "EndTurn")]
    [InlineData("perplexity/vercel-perplexity-citations", "The", "", "", "10/0 336/0", "EndTurn")]
    [InlineData("xai/vercel-xai-text", "", "First", "", "12/11 342/340", "EndTurn")]
    [InlineData("xai/vercel-xai-tool-call", "", "First", "weather {\"location\":\"San Francisco\"}", "307/306 253/227", "ToolCalls")]
    public void Reads_recorded_chunks_of(string file, string text, string thoughts, string call, string usage, string stop)
    {
        var sink = Read([.. File.ReadLines(Exchange.PathOf(file + ".chunks.txt")).Where(static line => line.Length > 0), "[DONE]"]);
        Assert.StartsWith(text, sink.TextOf(ReplyPartKind.Text), StringComparison.Ordinal);
        Assert.StartsWith(thoughts, sink.TextOf(ReplyPartKind.Reasoning), StringComparison.Ordinal);
        Assert.Equal(call, string.Join(';', Calls(sink).Select(static line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])));
        var used = sink.Events.Last(static e => e.Kind == ReplyEventKind.Usage).Usage!;
        Assert.Equal(usage, $"{used.Input}/{used.CacheRead} {used.Output}/{used.Reasoning}");
        Assert.Equal(stop, Assert.Single(sink.Events, static e => e.Kind == ReplyEventKind.Finished).Stop.ToString());
        Assert.Equal(ReplyEventKind.Ended, Last(sink).Kind);
    }

    [Fact]
    public void Passes_custom_calls_whole() =>
        Assert.Contains(
            """PartStarted 0.0 Opaque id=a name=custom {"id":"a","type":"custom","custom":{"name":"f","input":"print(1)"}}""",
            Read(
                Call("""{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":"print"}}"""),
                Call("""{"index":0,"custom":{"input":"(1)"}}"""),
                Chunk("{}", "tool_calls"),
                "[DONE]").ToString(),
            StringComparison.Ordinal);

    [Fact]
    public void Waits_for_the_start_behind_azures_first_chunk() =>
        Reads(
            """
            Started id=c name=m
            Extra name=prompt_filter_results [{"prompt_index":0}]
            PartStarted 0.0 Text
            Delta 0.0 Text 'x'
            PartEnded 0.0 Text
            Finished 0 ContentFilter
            Ended
            """,
            """{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}""",
            Chunk("""{"content":"x"}"""),
            Chunk("{}", "content_filter"),
            "[DONE]");

    [Fact]
    public void Reads_thoughts_with_signatures_and_encrypted_ones() =>
        Reads(
            """
            Started id=c name=m
            PartStarted 0.0 Reasoning name=reasoning
            Delta 0.0 Reasoning 'hm'
            Signature 0.0 Reasoning name=anthropic-claude-v1 'sig'
            Encrypted id=r1 name=openai-responses-v1 'blob'
            PartEnded 0.0 Reasoning
            Finished 0 EndTurn
            Ended
            """,
            Chunk("""{"reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"sig","format":"anthropic-claude-v1"}]}"""),
            Chunk("""{"reasoning":null,"reasoning_details":[{"type":"reasoning.encrypted","data":"blob","id":"r1","format":"openai-responses-v1"}]}"""),
            "[DONE]");

    [Fact]
    public void Reads_thoughts_within_the_content() =>
        Reads(
            """
            Started id=c name=m
            PartStarted 0.0 Reasoning name=thinking
            Delta 0.0 Reasoning 'a'
            Delta 0.0 Reasoning 'b'
            PartEnded 0.0 Reasoning
            PartStarted 0.1 Text
            Delta 0.1 Text 'c'
            PartEnded 0.1 Text
            Finished 0 MaxTokens
            Ended
            """,
            Chunk("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]}"""),
            Chunk("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"b"}]},{"type":"text","text":"c"}]}"""),
            Chunk("{}", "length"),
            "[DONE]");

    [Fact]
    public void Reads_sound_with_what_it_says() =>
        Reads(
            """
            Started id=c name=m
            PartStarted 0.0 Text name=transcript
            Delta 0.0 Text 'Hi'
            PartStarted 0.1 Audio id=a1
            Delta 0.1 Audio 'AAAA'
            Extra name=choices.message.audio.expires_at 17
            PartEnded 0.1 Audio
            PartEnded 0.0 Text
            Finished 0 EndTurn
            Ended
            """,
            Chunk("""{"audio":{"id":"a1","transcript":"Hi"}}"""),
            Chunk("""{"audio":{"data":"AAAA"}}"""),
            Chunk("""{"audio":{"expires_at":17}}"""),
            Chunk("{}", "stop"),
            "[DONE]");

    [Fact]
    public void Reads_several_choices_with_refusal_and_log_probabilities() =>
        Reads(
            """
            Started id=c name=m
            PartStarted 1.0 Refusal
            Delta 1.0 Refusal 'no'
            PartStarted 0.0 Text
            Delta 0.0 Text 'yes'
            Logprobs [{"token":"yes","logprob":-0.5}]
            PartEnded 0.0 Text
            Finished 0 StopSequence 'END'
            PartEnded 1.0 Refusal
            Finished 1 Refusal
            Ended
            """,
            """{"id":"c","model":"m","choices":[{"index":1,"delta":{"refusal":"no"},"finish_reason":"stop"}]}""",
            """{"id":"c","choices":[{"index":0,"delta":{"content":"yes"},"logprobs":{"content":[{"token":"yes","logprob":-0.5}],"refusal":null}}]}""",
            """{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}]}""",
            "[DONE]");

    [Theory]
    [InlineData("""{"id":"c","choices":[],"usage":null,"x_groq":{"id":"r","usage":{"prompt_tokens":3,"completion_tokens":2}}}""")]
    [InlineData("""{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":2}}]}""")]
    [InlineData("""{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""")]
    public void Finds_usage_wherever_providers_put_it(string chunk) =>
        Assert.Equal(
            new TokenUsage { Input = 3, Output = 2 },
            Assert.Single(Read(Chunk("""{"content":"x"}"""), chunk, "[DONE]").Events, static e => e.Kind == ReplyEventKind.Usage).Usage);

    [Fact]
    public void Keeps_halves_of_a_surrogate_pair()
    {
        var sink = Read(Chunk("""{"content":"\ud83d"}"""), Chunk("""{"content":"\ude00"}"""), "[DONE]");
        Assert.Equal("😀", sink.TextOf(ReplyPartKind.Text));
        Assert.Equal("\ud83d", sink.Events.First(static e => e.Kind == ReplyEventKind.Delta).Text);
    }

    [Fact]
    public void Ends_without_done_where_every_choice_has_finished() =>
        Assert.Equal(ReplyEventKind.Ended, Last(Read(Chunk("""{"content":"x"}""", "stop"))).Kind);

    [Theory]
    [InlineData("nothing", 502)]
    [InlineData("cut", 502, """{"id":"c","choices":[{"index":0,"delta":{"content":"x"}}]}""")]
    [InlineData("broken JSON", 502, """{"id":"c","choices":[{"index":0,"delta":{"content":"x"}}]}""", """{"id":"c","choi""")]
    [InlineData("more than one value", 502, """{"id":"c","choices":[]} x""")]
    [InlineData("no object", 502, "[1]")]
    [InlineData("only done", 502, "[DONE]")]
    [InlineData("an error", 429, """{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}""")]
    [InlineData("an error with a status", 503, """{"error":{"message":"busy","code":503}}""")]
    [InlineData("an error of Groq", 400, """{"error":{"message":"m","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}""")]
    [InlineData("an error as text", 502, """{"error":"oops"}""")]
    [InlineData("an error beside a choice", 502, """{"id":"c","error":{"message":"gone"},"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}""")]
    public void Fails_when_the_stream_is(string way, int status, params string[] events)
    {
        var last = Last(Read(events));
        Assert.Equal((ReplyEventKind.Failed, status), (last.Kind, last.Error!.Status));
        Assert.NotEqual("", last.Error.Message + way);
    }

    [Fact]
    public void Ignores_what_comes_after_the_end()
    {
        var sink = Read(Chunk("""{"content":"x"}""", "stop"), "[DONE]", Chunk("""{"content":"y"}"""), "{broken");
        Assert.Equal("x", sink.TextOf(ReplyPartKind.Text));
        Assert.Equal(ReplyEventKind.Ended, Last(sink).Kind);
    }

    [Fact]
    public void Fails_on_an_error_event() =>
        Assert.Equal("overloaded", Last(ReadBytes("event: error\ndata: {\"message\":\"overloaded\"}\n\n"u8.ToArray(), [])).Error!.Message);

    [Fact]
    public void Reads_the_same_wherever_the_stream_is_cut_and_never_throws()
    {
        var streams = OpenAiChatFixtureTests.All.Select(static row => row.Data)
            .Select(static row => Exchange.Of(row.Item1).Single(exchange => exchange.Id == row.Item2))
            .Where(static exchange => exchange.Stream && exchange.Status == 200 && exchange.ResponseBody.Length < 20_000)
            .Select(static exchange => exchange.ResponseBody).ToList();
        var whole = streams.ConvertAll(static stream => ReadBytes(stream, []).ToString());
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort Stream, ushort[] Cuts, ushort Place, byte Value)>(), change =>
        {
            var which = change.Stream % streams.Count;
            var changed = streams[which].ToArray();
            changed[change.Place % changed.Length] = change.Value;
            var last = Last(ReadBytes(changed, change.Cuts)).Kind;
            return ReadBytes(streams[which], change.Cuts).ToString() == whole[which] && last is ReplyEventKind.Ended or ReplyEventKind.Failed;
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    static void Reads(string expected, params string[] events) =>
        Assert.Equal(
            expected.ReplaceLineEndings("\n"),
            string.Join('\n', Read(events).ToString().Split('\n').Select(Short)));

    static string Short(string line) => line.StartsWith("Usage", StringComparison.Ordinal) ? "Usage 3+2" : line;

    static string Chunk(string delta, string? finishReason = null) =>
        $$"""{"id":"c","model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(finishReason is null ? "null" : $"\"{finishReason}\"")}}}]}""";

    static string Call(string piece) => Chunk($$"""{"tool_calls":[{{piece}}]}""");

    static RecordingSink Read(params string[] events) =>
        ReadBytes(Encoding.UTF8.GetBytes(string.Concat(events.Select(static data => $"data: {data}\n\n"))), []);

    static RecordingSink ReadBytes(byte[] stream, ushort[] cuts)
    {
        var sink = new RecordingSink();
        var reader = new OpenAiChatDialect().StreamReader(sink);
        var places = cuts.Select(cut => stream.Length == 0 ? 0 : cut % stream.Length).Append(0).Append(stream.Length).Distinct().Order().ToList();
        foreach (var (from, to) in places.Zip(places.Skip(1))) reader.Feed(stream.AsSpan(from, to - from));
        reader.End();
        return sink;
    }

    static ReplyEvent Last(RecordingSink sink) => sink.Events[^1];

    static List<string> Calls(RecordingSink sink) =>
    [
        .. sink.Events.Where(static e => e is { Kind: ReplyEventKind.PartStarted, PartKind: ReplyPartKind.ToolCall })
            .Select(call => $"{call.Id ?? "-"} {call.Name} {Arguments(sink, call.Part)}"),
    ];

    static string Arguments(RecordingSink sink, int part) =>
        string.Concat(sink.Events.Where(e => e.Kind == ReplyEventKind.Delta && e.Part == part).Select(static e => e.Text));
}
