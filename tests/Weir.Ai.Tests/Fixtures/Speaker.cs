using System.Buffers;

namespace Weir.Ai.Tests;

/// <summary>One dialect as a client speaks it, and the provider that speaks it, too.</summary>
/// <param name="Name">The dialect.</param>
/// <param name="Provider">A provider whose own it is.</param>
/// <param name="Path">Path of a request that asks for a whole answer.</param>
/// <param name="StreamPath">Path of one that asks for a stream.</param>
/// <param name="Body">The request, with USER where the user speaks and FIRST as its first field.</param>
sealed record Speaker(DialectName Name, string Provider, string Path, string StreamPath, string Body)
{
    const string Messages = """{FIRST"model":"m","max_tokens":50,"messages":[{"role":"user","content":"USER"}]}""";

    public static readonly IReadOnlyList<Speaker> All =
    [
        new(DialectName.OpenAiChat, "openai", "/v1/chat/completions", "/v1/chat/completions", Messages),
        new(DialectName.OpenAiResponses, "openai", "/v1/responses", "/v1/responses", """{FIRST"model":"m","input":"USER"}"""),
        new(DialectName.OpenAiCompletions, "openai", "/v1/completions", "/v1/completions", """{FIRST"model":"m","prompt":"USER"}"""),
        new(DialectName.Anthropic, "anthropic", "/v1/messages", "/v1/messages", Messages),
        new(DialectName.Gemini, "gemini", "/v1beta/models/m:generateContent", "/v1beta/models/m:streamGenerateContent",
            """{"contents":[{"role":"user","parts":[{"text":"USER"}]}]}"""),
        new(DialectName.Bedrock, "bedrock", "/model/m/converse", "/model/m/converse-stream", """{"messages":[{"role":"user","content":[{"text":"USER"}]}]}"""),
        new(DialectName.Cohere, "cohere", "/v2/chat", "/v2/chat", Messages),
    ];

    /// <summary>Every dialect with its own provider and one that speaks another.</summary>
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var speaker in All)
            {
                pairs.Add(speaker.Name.ToString(), speaker.Provider);
                pairs.Add(speaker.Name.ToString(), speaker.Provider == "anthropic" ? "openai" : "anthropic");
            }
            return pairs;
        }
    }

    public Dialect Dialect => DialectCatalog.Of(Name);

    public static Speaker Of(string name) => All.First(speaker => speaker.Name.ToString() == name);

    /// <summary>The wire that a provider speaks with clients of this dialect.</summary>
    public Dialect WireOf(string provider) =>
        DialectCatalog.Of(Provider == provider ? Name : All.First(speaker => speaker.Provider == provider).Name);

    public string Request(string user, bool isStream) =>
        Body.Replace("FIRST", isStream ? "\"stream\":true," : "", StringComparison.Ordinal).Replace("USER", user, StringComparison.Ordinal);

    public Task<RigAnswer> AskAsync(LlmRig rig, string user, bool isStream) => rig.RunAsync(isStream ? StreamPath : Path, Request(user, isStream));

    /// <summary>What the client reads of an answer.</summary>
    public RecordingSink Hear(RigAnswer answer, bool isStream)
    {
        var sink = new RecordingSink();
        if (!isStream)
        {
            Dialect.ReadReply(answer.Bytes, sink);
            return sink;
        }
        var reader = Dialect.StreamReader(sink);
        reader.Feed(answer.Bytes);
        reader.End();
        return sink;
    }

    /// <summary>An answer of a provider in its wire: parts of text, thoughts and calls, in pieces of so many characters.</summary>
    public static byte[] Say(Dialect wire, bool isStream, int pieceChars, params IReadOnlyList<(ReplyPartKind Kind, string Text)> parts)
    {
        var output = new ArrayBufferWriter<byte>();
        var shape = new ReplyShape { Id = "p1", Unix = 1_700_000_000, ShowsUsage = false };
        var writer = isStream ? wire.StreamWriter(shape, output) : wire.WholeWriter(shape, output);
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Started, Id = "p1", Name = "m", Dialect = wire.Name });
        for (var part = 0; part < parts.Count; part++)
        {
            var (kind, text) = parts[part];
            var isCall = kind == ReplyPartKind.ToolCall;
            writer.On(new ReplyEvent
            {
                Kind = ReplyEventKind.PartStarted,
                Part = part,
                PartKind = kind,
                Id = isCall ? $"call_{part}" : null,
                Name = isCall ? "send" : null,
            });
            for (var at = 0; at < text.Length; at += pieceChars)
            {
                var piece = text.Substring(at, Math.Min(pieceChars, text.Length - at));
                writer.On(new ReplyEvent { Kind = ReplyEventKind.Delta, Part = part, PartKind = kind, Text = piece });
            }
            writer.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = part, PartKind = kind });
        }
        var stop = parts[^1].Kind == ReplyPartKind.ToolCall ? StopReason.ToolCalls : StopReason.EndTurn;
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = stop });
        writer.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
        writer.Complete();
        return output.WrittenSpan.ToArray();
    }
}
