using System.Buffers;
using System.Text;

namespace Weir.Ai.Tests;

/// <summary>Runs a dialect over texts.</summary>
sealed class DialectProbe(Dialect dialect)
{
    public static ReplyShape Shape { get; } = new() { Id = "1", Unix = 1_700_000_000 };

    public ChatRequest Request(string body, RequestLine line = default)
    {
        var problems = new Problems();
        var request = dialect.ReadRequest(Encoding.UTF8.GetBytes(body), line, problems);
        Assert.Empty(problems.Found);
        return request!;
    }

    /// <summary>What is wrong with a request: one line per problem.</summary>
    public string Problems(string body, RequestLine line = default)
    {
        var problems = new Problems();
        Assert.Null(dialect.ReadRequest(Encoding.UTF8.GetBytes(body), line, problems));
        return string.Join('\n', problems.Found.Select(static found => $"{found.Field}: {found.Message}"));
    }

    public string Write(ChatRequest request, Losses losses, ModelTarget? target = null)
    {
        var output = new ArrayBufferWriter<byte>();
        dialect.WriteRequest(request, target ?? new ModelTarget { Model = request.Model }, output, losses);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public RecordingSink Reply(string body)
    {
        var sink = new RecordingSink();
        dialect.ReadReply(Encoding.UTF8.GetBytes(body), sink);
        return sink;
    }

    public RecordingSink Stream(params IEnumerable<byte[]> pieces)
    {
        var sink = new RecordingSink();
        var reader = dialect.StreamReader(sink);
        foreach (var piece in pieces) reader.Feed(piece);
        reader.End();
        return sink;
    }

    public RecordingSink Stream(string text) => Stream(Encoding.UTF8.GetBytes(text));

    public string Whole(IEnumerable<ReplyEvent> events, ReplyShape? shape = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = dialect.WholeWriter(shape ?? Shape, output);
        foreach (var reply in events) writer.On(reply);
        writer.Complete();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public byte[] Streamed(IEnumerable<ReplyEvent> events, ReplyShape? shape = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = dialect.StreamWriter(shape ?? Shape, output);
        foreach (var reply in events) writer.On(reply);
        writer.Complete();
        return output.WrittenSpan.ToArray();
    }

    public string Error(LlmError error)
    {
        var output = new ArrayBufferWriter<byte>();
        dialect.WriteError(error, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
