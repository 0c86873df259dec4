using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

public sealed class OpenAiChatFixtureTests
{
    static readonly string[] s_files =
    [
        "openai/chat.jsonl", "azure/chat.jsonl", "deepseek/chat.jsonl", "groq/chat.jsonl", "mistral/chat.jsonl",
        "cerebras/chat.jsonl", "openrouter/chat.jsonl", "huggingface/chat.jsonl",
    ];

    readonly OpenAiChatDialect _dialect = new();

    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in s_files)
                foreach (var exchange in Exchange.Of(file)) data.Add(file, exchange.Id);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Writes_a_request_as_it_was_read(string file, string id)
    {
        var exchange = Exchange.Of(file).Single(exchange => exchange.Id == id);
        var problems = new Problems();
        var request = _dialect.ReadRequest(exchange.RequestBody, default, problems);
        Assert.Equal([], problems.Found);
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        _dialect.WriteRequest(request!, new ModelTarget { Model = request!.Model }, output, losses);
        Assert.Equal("", losses.ToString());
        Assert.Equal(
            JsonShape.Text(ChatShape.OfRequest(exchange.Request)),
            JsonShape.Text(ChatShape.OfRequest(JsonNode.Parse(output.WrittenSpan)!)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Writes_an_answer_as_it_was_read(string file, string id)
    {
        var exchange = Exchange.Of(file).Single(exchange => exchange.Id == id);
        if (exchange.Status != 200) return;
        if (exchange.Stream) StreamsTheSame(exchange.ResponseBody);
        else WritesTheSame(JsonNode.Parse(exchange.ResponseBody)!);
    }

    void WritesTheSame(JsonNode answer)
    {
        var output = new ArrayBufferWriter<byte>();
        var shape = new ReplyShape();
        var writer = _dialect.WholeWriter(shape, output);
        _dialect.ReadReply(Encoding.UTF8.GetBytes(answer.ToJsonString()), writer);
        writer.Complete();
        if (answer["error"] is JsonObject error)
        {
            Assert.Equal((string?)error["message"], (string?)JsonNode.Parse(output.WrittenSpan)!["error"]!["message"]);
            return;
        }
        Assert.Equal("", shape.Losses.ToString());
        Assert.Equal(JsonShape.Text(ChatShape.OfAnswer(answer)), JsonShape.Text(ChatShape.OfAnswer(JsonNode.Parse(output.WrittenSpan)!)));
    }

    void StreamsTheSame(ReadOnlySpan<byte> stream)
    {
        var first = new RecordingSink();
        var reader = _dialect.StreamReader(first);
        reader.Feed(stream);
        reader.End();
        var output = new ArrayBufferWriter<byte>();
        var shape = new ReplyShape();
        var writer = _dialect.StreamWriter(shape, output);
        foreach (var reply in first.Events) writer.On(reply);
        writer.Complete();
        var second = new RecordingSink();
        reader = _dialect.StreamReader(second);
        reader.Feed(output.WrittenSpan);
        reader.End();
        Assert.Equal("", shape.Losses.ToString());
        Assert.Equal(EventShape.Of(first), EventShape.Of(second));
    }
}
