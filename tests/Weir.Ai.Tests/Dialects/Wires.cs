using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>Drives a dialect from bytes to bytes.</summary>
static class Wires
{
    public static readonly ReplyShape Shape = new() { Id = "weir1", Unix = 1_700_000_000 };

    public static ChatRequest Read(this Dialect dialect, string json, RequestLine line = default)
    {
        var problems = new Problems();
        var request = dialect.ReadRequest(Encoding.UTF8.GetBytes(json), line, problems);
        Assert.Empty(problems.Found);
        return request!;
    }

    public static IReadOnlyList<(string Field, string Message)> ProblemsOf(this Dialect dialect, string json)
    {
        var problems = new Problems();
        Assert.Null(dialect.ReadRequest(Encoding.UTF8.GetBytes(json), default, problems));
        return problems.Found;
    }

    public static JsonNode Write(this Dialect dialect, ChatRequest request, Losses? losses = null, string? model = null, ModelTraits? traits = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var target = new ModelTarget { Model = model ?? request.Model, Traits = traits ?? ModelTraits.Unknown };
        dialect.WriteRequest(request, target, output, losses ?? new Losses());
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    public static RecordingSink ReadWhole(this Dialect dialect, string json)
    {
        var sink = new RecordingSink();
        dialect.ReadReply(Encoding.UTF8.GetBytes(json), sink);
        return sink;
    }

    public static RecordingSink ReadStream(this Dialect dialect, byte[] stream, params IEnumerable<int> cuts)
    {
        var sink = new RecordingSink();
        var reader = dialect.StreamReader(sink);
        var from = 0;
        foreach (var cut in cuts.Where(cut => cut > 0 && cut < stream.Length).Order().Append(stream.Length))
        {
            reader.Feed(stream.AsSpan(from, cut - from));
            from = cut;
        }
        reader.End();
        return sink;
    }

    public static RecordingSink ReadStream(this Dialect dialect, string stream) => dialect.ReadStream(Encoding.UTF8.GetBytes(stream));

    public static JsonNode WriteWhole(this Dialect dialect, RecordingSink events, ReplyShape? shape = null) =>
        JsonNode.Parse(Written(events, output => dialect.WholeWriter(shape ?? Shape, output)))!;

    public static string WriteStream(this Dialect dialect, RecordingSink events, ReplyShape? shape = null) =>
        Written(events, output => dialect.StreamWriter(shape ?? Shape, output));

    /// <summary>The events of a stream of server-sent events: name, and data as JSON where it is.</summary>
    public static List<(string Name, JsonNode? Data)> Events(string stream)
    {
        List<(string, JsonNode?)> events = [];
        var reader = new SseReader();
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(stream);
        while (reader.TryRead(ref bytes, out var read))
        {
            var data = read.Data.StartsWith("{"u8) ? JsonNode.Parse(read.Data) : JsonValue.Create(Encoding.UTF8.GetString(read.Data));
            events.Add((Encoding.UTF8.GetString(read.Name), data));
        }
        return events;
    }

    /// <summary>A file of one JSON per line as a stream of server-sent events.</summary>
    public static string OfChunks(string folder, string file, Func<JsonElement, string?>? name = null)
    {
        var stream = new StringBuilder();
        foreach (var line in File.ReadLines(Path.Combine(Recorded.Folder(folder), file)))
        {
            if (line.Length == 0) continue;
            if (name is not null)
            {
                using var json = JsonDocument.Parse(line);
                stream.Append("event: ").Append(name(json.RootElement)).Append('\n');
            }
            stream.Append("data: ").Append(line).Append("\n\n");
        }
        return stream.ToString();
    }

    static string Written(RecordingSink events, Func<ArrayBufferWriter<byte>, ReplyWriter> make)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = make(output);
        foreach (var one in events.Events) writer.On(one);
        writer.Complete();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
