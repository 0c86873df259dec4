using System.Buffers;
using System.Text;

namespace Weir.Ai.Tests;

/// <summary>Runs a case from a client of one dialect to a provider of another and back, through bytes on either side.</summary>
static class MatrixRun
{
    static readonly ReplyShape s_shape = new() { Id = "weir1", Unix = 1_700_000_000 };

    public static IReadOnlyList<DialectName> Dialects { get; } = Enum.GetValues<DialectName>();

    public static MatrixCell Run(MatrixCase one, DialectName client, DialectName wire, bool isStream)
    {
        var losses = new Losses();
        var golden = new StringBuilder();
        var asked = Ask(one, client, wire, isStream, losses, golden, out var whatWasAsked);
        if (asked is null) return new MatrixCell(MatrixOutcome.Unsayable, "", "", "");
        var (expected, arrived) = Answer(one, client, wire, isStream, losses, golden);
        var difference = new StringBuilder();
        var isOtherwise = false;
        if (one.Asked(asked) != whatWasAsked)
        {
            isOtherwise = one.AskedOtherwise?.Invoke(asked) == whatWasAsked;
            if (!isOtherwise) difference.Append($"asked [{whatWasAsked}] arrived [{one.Asked(asked)}] ");
        }
        if (expected != arrived) difference.Append($"answered [{expected}] arrived [{arrived}]");
        golden.Append("lost: ").Append(losses).Append('\n');
        var outcome = client == wire ? MatrixOutcome.Passes
            : difference.Length == 0 ? isOtherwise ? MatrixOutcome.CarriedOtherwise : MatrixOutcome.Carried
            : losses.IsEmpty ? MatrixOutcome.LostInSilence
            : MatrixOutcome.LostAndNamed;
        return new MatrixCell(outcome, losses.ToString(), difference.ToString(), golden.ToString());
    }

    /// <summary>What of a wire's request stands for a case: the names that a plain request does not have.</summary>
    public static string NamesOf(MatrixCase one, MatrixCase plain, DialectName wire)
    {
        var names = Paths(Bytes(one.Request(wire, wire), wire)).Except(Paths(Bytes(plain.Request(wire, wire), wire))).ToList();
        var highest = names.Where(name => !names.Exists(other => name.StartsWith(other + ".", StringComparison.Ordinal)));
        return string.Join(", ", highest.Select(static name => $"`{name}`"));
    }

    /// <summary>A turn of the provider's as its client sends it back: what the client's dialect could not hold is gone.</summary>
    public static Message Brought(DialectName client, DialectName wire, IReadOnlyList<ReplyEvent> events)
    {
        var seen = Through(events, client, wire, isStream: false, new Losses(), null);
        var message = new Message { Role = Role.Assistant };
        foreach (var start in seen.Where(static e => e.Kind == ReplyEventKind.PartStarted))
        {
            var own = seen.Where(e => e.Part == start.Part && e.PartKind == start.PartKind).ToList();
            var text = string.Concat(own.Where(static e => e.Kind == ReplyEventKind.Delta).Select(static e => e.Text));
            var signature = own.Where(static e => e.Kind == ReplyEventKind.Signature).Select(static e => e.Text).FirstOrDefault();
            var encrypted = own.FirstOrDefault(static e => e.Kind == ReplyEventKind.Encrypted);
            Part? part = start.PartKind switch
            {
                ReplyPartKind.Text => new TextPart(text),
                ReplyPartKind.ToolCall => new ToolCallPart(start.Id ?? "call_0", start.Name!, text) { Signature = signature },
                ReplyPartKind.Reasoning => new ReasoningPart(text)
                {
                    Signature = signature,
                    Encrypted = encrypted.Text,
                    Id = start.Id ?? encrypted.Id,
                    Format = own.Where(static e => e.Kind is ReplyEventKind.Signature or ReplyEventKind.Encrypted).Select(static e => e.Name).FirstOrDefault(),
                    Field = client != DialectName.OpenAiChat ? null : (signature ?? encrypted.Text) is null ? "reasoning_content" : "reasoning_details",
                },
                _ => null,
            };
            if (part is not null) message.Parts.Add(part);
        }
        return message;
    }

    /// <summary>The request as the provider reads it; null when the client cannot ask this.</summary>
    static ChatRequest? Ask(
        MatrixCase one, DialectName client, DialectName wire, bool isStream, Losses losses, StringBuilder golden, out string asked)
    {
        var meant = one.Request(client, wire);
        meant.IsStream = isStream;
        // What the provider's model must get back is what it said, whatever became of it on the way.
        asked = one.Name == "reasoning with tools" ? one.Asked(one.Request(wire, wire)) : one.Asked(meant);
        var spoken = new Losses();
        var body = Bytes(meant, client, spoken);
        if (Read(client, body, isStream) is not { } read || (one.Name != "reasoning with tools" && one.Asked(read) != asked) || !spoken.IsEmpty) return null;
        var model = ModelOf(wire);
        var output = new ArrayBufferWriter<byte>();
        DialectCatalog.Of(wire).WriteRequest(read.With(model.Model, isStream, read.Sampling), model, output, losses);
        golden.Append("request: ").Append(Encoding.UTF8.GetString(output.WrittenSpan)).Append('\n');
        return Read(wire, output.WrittenMemory, isStream);
    }

    static (string Expected, string Arrived) Answer(MatrixCase one, DialectName client, DialectName wire, bool isStream, Losses losses, StringBuilder golden)
    {
        var sent = one.Reply(wire);
        var arrived = Through(sent, client, wire, isStream, losses, golden);
        // What the provider's own wire cannot say, nobody else can be blamed for.
        return (one.Answered(Through(sent, wire, wire, isStream, new Losses(), null)), one.Answered(arrived));
    }

    /// <summary>An answer as the client reads it.</summary>
    static List<ReplyEvent> Through(IReadOnlyList<ReplyEvent> sent, DialectName client, DialectName wire, bool isStream, Losses losses, StringBuilder? golden)
    {
        var (from, to) = (DialectCatalog.Of(wire), DialectCatalog.Of(client));
        var bytes = new ArrayBufferWriter<byte>();
        if (!isStream && sent.FirstOrDefault(static e => e.Kind == ReplyEventKind.Failed).Error is { } error)
        {
            from.WriteError(error, bytes);
            var read = from.ReadError(error.Status, bytes.WrittenMemory);
            var told = new ArrayBufferWriter<byte>();
            to.WriteError(read, told);
            golden?.Append("reply: ").Append(Encoding.UTF8.GetString(told.WrittenSpan)).Append('\n');
            return [new() { Kind = ReplyEventKind.Failed, Error = to.ReadError(error.Status, told.WrittenMemory) }];
        }
        Write(isStream ? from.StreamWriter(s_shape, bytes) : from.WholeWriter(s_shape, bytes), sent);
        var output = new ArrayBufferWriter<byte>();
        var shape = s_shape with { Losses = losses };
        var writer = isStream ? to.StreamWriter(shape, output) : to.WholeWriter(shape, output);
        Feed(from, bytes.WrittenMemory, isStream, writer);
        writer.Complete();
        golden?.Append("reply: ").Append(Shown(output.WrittenSpan, isStream, to)).Append('\n');
        var sink = new RecordingSink();
        Feed(to, output.WrittenMemory, isStream, sink);
        return sink.Events;
    }

    static void Write(ReplyWriter writer, IReadOnlyList<ReplyEvent> events)
    {
        foreach (var one in events) writer.On(one);
        writer.Complete();
    }

    static void Feed(Dialect dialect, ReadOnlyMemory<byte> bytes, bool isStream, IReplySink sink)
    {
        if (!isStream)
        {
            dialect.ReadReply(bytes, sink);
            return;
        }
        var reader = dialect.StreamReader(sink);
        reader.Feed(bytes.Span);
        reader.End();
    }

    static ChatRequest? Read(DialectName dialect, ReadOnlyMemory<byte> body, bool isStream)
    {
        var problems = new Problems();
        var line = dialect is DialectName.Gemini or DialectName.Bedrock ? new RequestLine("m", isStream) : default;
        var request = DialectCatalog.Of(dialect).ReadRequest(body, line, problems);
        Assert.True(problems.Found.Count == 0, $"{dialect}: {string.Join("; ", problems.Found)} in {Encoding.UTF8.GetString(body.Span)}");
        return request;
    }

    static byte[] Bytes(ChatRequest request, DialectName dialect, Losses? losses = null)
    {
        var output = new ArrayBufferWriter<byte>();
        DialectCatalog.Of(dialect).WriteRequest(request, new ModelTarget { Model = "m" }, output, losses ?? new Losses());
        return output.WrittenSpan.ToArray();
    }

    static ModelTarget ModelOf(DialectName wire)
    {
        var (provider, model) = wire switch
        {
            DialectName.Anthropic => ("anthropic", "claude-sonnet-4-5"),
            DialectName.Gemini => ("gemini", "gemini-2.5-flash"),
            DialectName.Bedrock => ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            DialectName.Cohere => ("cohere", "command-a-03-2025"),
            DialectName.OpenAiCompletions => ("openai", "gpt-3.5-turbo-instruct"),
            _ => ("openai", "gpt-4.1"),
        };
        return new ModelTarget { Model = model, Traits = ModelTable.Of(provider, model) };
    }

    /// <summary>Bytes as text; those of Amazon's streams as hexadecimal digits of their digest.</summary>
    static string Shown(ReadOnlySpan<byte> bytes, bool isStream, Dialect dialect) => isStream && dialect.Name == DialectName.Bedrock
        ? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..16]
        : Encoding.UTF8.GetString(bytes).ReplaceLineEndings("⏎");

    static IEnumerable<string> Paths(byte[] json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return Walk(document.RootElement, "").ToHashSet(StringComparer.Ordinal);
    }

    static IEnumerable<string> Walk(System.Text.Json.JsonElement element, string path) => element.ValueKind switch
    {
        System.Text.Json.JsonValueKind.Object => element.EnumerateObject().SelectMany(field =>
            Walk(field.Value, path.Length == 0 ? field.Name : $"{path}.{field.Name}").Prepend(path.Length == 0 ? field.Name : $"{path}.{field.Name}")),
        System.Text.Json.JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Walk(item, path)),
        _ => [],
    };
}
