using System.Text;

namespace Weir.Ai.Tests;

public sealed class TextSkimTests
{
    const string Chunk = """{"id":"c","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"TEXT"},"finish_reason":null}]}""";
    const string Block = """{"type":"content_block_delta","index":12,"delta":{"type":"text_delta","text":"TEXT"}}""";

    [Theory]
    [InlineData("", 0)]
    [InlineData("water", 5)]
    [InlineData("\\\"quoted\\\" \\\\", 13)]
    public void Tells_the_length_of_a_text(string text, int length)
    {
        Assert.Equal(length, TextSkim.OpenAiChat(Bytes(Chunk.Replace("TEXT", text))));
        Assert.Equal(length, TextSkim.Anthropic(Bytes(Block.Replace("TEXT", text))));
    }

    [Theory]
    [InlineData(""" "finish_reason":null """, """ "finish_reason":"stop" """)]
    [InlineData(""" "finish_reason":null}] """, """ "finish_reason":null}],"usage":{"prompt_tokens":1} """)]
    [InlineData(""" "finish_reason":null}] """, """ "finish_reason":null},{"index":1,"delta":{}}] """)]
    [InlineData(""" "TEXT"} """, """ "TEXT","tool_calls":[]} """)]
    [InlineData(""" "index":0 """, """ "index":1 """)]
    [InlineData(""" {"id":"c" """, """ {"error":{"message":"no"},"id":"c" """)]
    [InlineData(""" "content" """, """ "reasoning_content" """)]
    public void Leaves_chunks_that_say_more_to_the_reader(string part, string instead) =>
        Assert.True(TextSkim.OpenAiChat(Bytes(Chunk.Replace(part.Trim(), instead.Trim()))) < 0);

    [Theory]
    [InlineData("text_delta", "thinking_delta")]
    [InlineData("}}", """},"more":1}""")]
    [InlineData("content_block_delta", "content_block_start")]
    public void Leaves_other_events_to_the_reader(string part, string instead) => Assert.True(TextSkim.Anthropic(Bytes(Block.Replace(part, instead))) < 0);

    [Fact]
    public void Knows_no_text_that_does_not_end()
    {
        for (var length = 0; length < Chunk.Length - 3; length++) Assert.True(TextSkim.OpenAiChat(Bytes(Chunk[..length])) < 0);
        for (var length = 0; length < Block.Length; length++) Assert.True(TextSkim.Anthropic(Bytes(Block[..length])) < 0);
        Assert.True(TextSkim.OpenAiChat(Bytes(Chunk.Replace("TEXT\"}", "TEXT\\"))) < 0);
    }

    [Fact]
    public void Leaves_a_tap_with_what_the_whole_reading_finds()
    {
        foreach (var (dialect, stream) in Streams)
        {
            var (skimmed, read) = (new LlmOutcome(), new LlmOutcome());
            Feed(dialect, stream, new ReplyTap(skimmed, TimeProvider.System));
            Feed(dialect, stream, new ReplyTap(read, TimeProvider.System) { Next = new RecordingSink() });
            Assert.Equal((read.Usage, read.Stop, read.IsComplete, read.ModelServed, read.TextChars), (
                skimmed.Usage, skimmed.Stop, skimmed.IsComplete, skimmed.ModelServed, skimmed.TextChars));
            Assert.True(skimmed.IsComplete);
        }
    }

    static void Feed(Dialect dialect, string stream, IReplySink sink)
    {
        var reader = dialect.StreamReader(sink);
        reader.Feed(Bytes(stream));
        reader.End();
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static IEnumerable<(Dialect Dialect, string Stream)> Streams
    {
        get
        {
            string chunk(string text) => $"data: {Chunk.Replace("TEXT", text)}\n\n";
            yield return (DialectCatalog.Of(DialectName.OpenAiChat),
                chunk("The") + chunk(" weir") + chunk(" holds") + chunk(".").Replace("null", "\"stop\"")
                + """data: {"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""" + "\n\ndata: [DONE]\n\n");
            string block(string text) => $"event: content_block_delta\ndata: {Block.Replace("12", "0").Replace("TEXT", text)}\n\n";
            yield return (DialectCatalog.Of(DialectName.Anthropic),
                """data: {"type":"message_start","message":{"id":"m","model":"c","role":"assistant","usage":{"input_tokens":3,"output_tokens":1}}}""" + "\n\n"
                + """data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""" + "\n\n"
                + block("The") + block(" weir") + block(" holds.")
                + """data: {"type":"content_block_stop","index":0}""" + "\n\n"
                + """data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}""" + "\n\n"
                + """data: {"type":"message_stop"}""" + "\n\n");
        }
    }
}
