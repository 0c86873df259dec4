using System.Buffers;
using System.Text;

namespace Weir.Ai.Tests;

public sealed class StreamMeterTests
{
    static readonly TokenUsage Usage = new() { Input = 5, Output = 7, IsEstimated = true };

    public static TheoryData<string, string> Ends => new()
    {
        { nameof(DialectName.OpenAiChat), "\"finish_reason\":\"length\"" },
        { nameof(DialectName.OpenAiCompletions), "\"finish_reason\":\"length\"" },
        { nameof(DialectName.OpenAiResponses), "\"reason\":\"max_output_tokens\"" },
        { nameof(DialectName.Anthropic), "\"stop_reason\":\"max_tokens\"" },
        { nameof(DialectName.Gemini), "\"finishReason\":\"MAX_TOKENS\"" },
        { nameof(DialectName.Bedrock), "\"stopReason\":\"max_tokens\"" },
        { nameof(DialectName.Cohere), "\"finish_reason\":\"MAX_TOKENS\"" },
    };

    /// <summary>Whatever is open, the stream ends as its own provider ends one at a limit of tokens: the reader of that wire takes it for complete.</summary>
    [Theory, MemberData(nameof(Ends))]
    public void A_stream_is_ended_in_the_words_of_its_dialect(string name, string word)
    {
        var dialect = DialectCatalog.Of(Enum.Parse<DialectName>(name));
        foreach (var kind in new[] { ReplyPartKind.Text, ReplyPartKind.ToolCall, ReplyPartKind.Reasoning })
        {
            if (kind != ReplyPartKind.Text && dialect.Name == DialectName.OpenAiCompletions) continue;
            var output = new ArrayBufferWriter<byte>();
            var writer = dialect.StreamWriter(new ReplyShape { Id = "r-1", Unix = 1 }, output);
            var (meter, seen) = Meter(writer);
            meter.On(new ReplyEvent { Kind = ReplyEventKind.Started, Id = "a", Name = "m" });
            meter.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = kind, Id = "c", Name = kind == ReplyPartKind.ToolCall ? "look" : null });
            meter.On(new ReplyEvent { Kind = ReplyEventKind.Delta, PartKind = kind, Text = kind == ReplyPartKind.ToolCall ? "{\"a\":" : "Hello" });
            meter.End(Usage);
            writer.Complete();
            Assert.True(seen() > 0);
            Assert.Contains(word, Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);

            var sink = new RecordingSink();
            var reader = dialect.StreamReader(sink);
            reader.Feed(output.WrittenSpan);
            reader.End();
            Assert.Contains(sink.Events, static reply => reply is { Kind: ReplyEventKind.Finished, Stop: StopReason.MaxTokens });
            Assert.Equal(ReplyEventKind.Ended, sink.Events[^1].Kind);
        }
    }

    [Fact]
    public void Parts_that_have_ended_are_not_ended_again()
    {
        var sink = new RecordingSink();
        var (meter, _) = Meter(sink);
        meter.On(new ReplyEvent { Kind = ReplyEventKind.Started });
        meter.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = 0 });
        meter.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = 0 });
        meter.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = 1, PartKind = ReplyPartKind.ToolCall });
        meter.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = 2, PartKind = ReplyPartKind.ToolCall });
        meter.End(Usage);
        Assert.Equal(
            [ReplyEventKind.PartEnded, ReplyEventKind.PartEnded, ReplyEventKind.Finished, ReplyEventKind.Usage, ReplyEventKind.Ended],
            sink.Events.Skip(5).Select(static reply => reply.Kind));
        Assert.Equal([1, 2], sink.Events.Skip(5).Take(2).Select(static reply => reply.Part));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("Hello there", 3)]
    [InlineData("日本語", 3)]
    public void A_piece_of_a_stream_counts_as_about_its_tokens(string text, long tokens)
    {
        var (meter, seen) = Meter(new RecordingSink());
        meter.On(new ReplyEvent { Kind = ReplyEventKind.Delta, Text = text });
        Assert.Equal(tokens, seen());
    }

    static (StreamMeter Meter, Func<long> Seen) Meter(IReplySink next)
    {
        var count = new TokenCount();
        return (new StreamMeter(count, next), () => count.Seen);
    }
}
