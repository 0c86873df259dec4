using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class UsageScanTests
{
    const string ChatStream = """
        data: {"id":"c","choices":[{"index":0,"delta":{"content":"say \"usage\": {"}}],"usage":null}

        : OPENROUTER PROCESSING

        data: {"choices":[],"service_tier":"default","usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":4,"reasoning_tokens":3}}

        data: [DONE]


        """;

    const string AnthropicStream = """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":10,"cache_read_input_tokens":100,"output_tokens":1}}}

        event: message_delta
        data: {"type":"message_delta","usage":{"cache_creation_input_tokens":50,"cache_creation":{"ephemeral_1h_input_tokens":30}}}

        event: message_delta
        data: {"type":"message_delta","usage":{"service_tier":"standard"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42,"server_tool_use":{"web_search_requests":2}}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    [Fact]
    public void Reads_the_usage_of_a_whole_answer()
    {
        var usage = UsageScan.OfWhole(
            """{"choices":[{"message":{"content":"\"usage\": {\"prompt_tokens\": 9}"}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"""u8);
        Assert.Equal(new TokenUsage { Input = 1, Output = 2 }, usage);
    }

    [Theory]
    [InlineData("""{"usage":null}""")]
    [InlineData("""{"usage":{}}""")]
    [InlineData("""{"usage":[{"prompt_tokens":1}]}""")]
    [InlineData("""{"content":[{"type":"tool_use","input":{"usage":{"input_tokens":1}}}]}""")]
    [InlineData("""{"choices":[{"message":{"usage":{"prompt_tokens":1}}}]}""")]
    [InlineData("""{"type":"usage","x":{"prompt_tokens":1}}""")]
    [InlineData("""["usage",{"prompt_tokens":1}]""")]
    [InlineData("""{"usage":{"prompt_tokens":"1"}}""")]
    [InlineData("""{"usage":{"prompt_tok""")]
    [InlineData("")]
    [InlineData("<html>\"usage\"</html>")]
    public void Finds_none_where_there_is_none(string body) => Assert.Null(UsageScan.OfWhole(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("""{"prompt_tokens":12,"completion_tokens":2,"total_tokens":354,"completion_tokens_details":{"reasoning_tokens":340}}""", 12, 342, 340, 0)]
    [InlineData("""{"prompt_tokens":12,"completion_tokens":342,"total_tokens":354,"completion_tokens_details":{"reasoning_tokens":340}}""", 12, 342, 340, 0)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":1,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":1}""", 9, 1, 0, 8)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":1,"cached_tokens":7}""", 9, 1, 0, 7)]
    [InlineData(
        """{"input_tokens":9,"input_tokens_details":{"cached_tokens":3},"output_tokens":8,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":17}""",
        9, 8, 4, 3)]
    [InlineData("""{"input_tokens":9,"cache_read_input_tokens":3,"output_tokens":8}""", 12, 8, 0, 3)]
    [InlineData("""{"prompt_tokens":9,"total_tokens":9}""", 9, 0, 0, 0)]
    [InlineData("""{"prompt\u005ftokens":9,"\ud800":1,"completion_tokens":8}""", 9, 8, 0, 0)]
    [InlineData("""{"prompt_tokens":-9,"completion_tokens":1.0,"total_tokens":1e300}""", 0, 1, 0, 0)]
    public void Understands_every_providers_way_of_counting(string usage, long input, long output, long reasoning, long cached) =>
        Assert.Equal(
            new TokenUsage { Input = input, Output = output, Reasoning = reasoning, CacheRead = cached },
            UsageScan.OfWhole(Encoding.UTF8.GetBytes($$"""{"usage":{{usage}}}""")));

    [Theory]
    [InlineData(ChatStream)]
    [InlineData(AnthropicStream)]
    public void Reads_the_usage_of_a_stream_wherever_it_is_cut(string stream)
    {
        var expected = stream == ChatStream
            ? new TokenUsage { Input = 10, Output = 5, CacheRead = 4, Reasoning = 3, ServiceTier = "default" }
            : new TokenUsage { Input = 160, Output = 42, CacheRead = 100, CacheWrite = 20, CacheWriteLong = 30, WebSearches = 2, ServiceTier = "standard" };
        var bytes = Encoding.UTF8.GetBytes(stream);
        Assert.Equal(expected, Scan(bytes, []));
        Prop.ForAll(ArbMap.Default.ArbFor<ushort[]>(), cuts => Scan(bytes, cuts) == expected).QuickCheckThrowOnFailure();
        Prop.ForAll(ArbMap.Default.ArbFor<ushort>(), cut => Scan([.. stream.ReplaceLineEndings("\r\n").Select(static c => (byte)c)], [cut]) == expected)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Reads_the_usage_of_a_responses_stream() =>
        Assert.Equal(
            new TokenUsage { Input = 5, Output = 6 },
            Scan([.. """data: {"type":"x","response":{"output":[{"usage":1}],"usage":{"input_tokens":5,"output_tokens":6}}}"""u8, .. "\n"u8], []));

    [Fact]
    public void Passes_over_a_line_without_end()
    {
        var scan = new UsageScan();
        scan.Feed("data: \""u8);
        var piece = new byte[1024 * 1024];
        Array.Fill(piece, (byte)'x');
        for (var i = 0; i < 20; i++) scan.Feed(piece);
        scan.Feed("\"\ndata: {\"usage\":{\"prompt_tokens\":1}}\n"u8);
        Assert.Equal(new TokenUsage { Input = 1 }, scan.Usage);
    }

    static TokenUsage? Scan(byte[] stream, ushort[] cuts)
    {
        var scan = new UsageScan();
        var places = cuts.Select(cut => cut % stream.Length).Append(0).Append(stream.Length).Distinct().Order().ToList();
        foreach (var (from, to) in places.Zip(places.Skip(1))) scan.Feed(stream.AsSpan(from, to - from));
        return scan.Usage;
    }
}
