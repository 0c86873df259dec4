namespace Weir.Ai.Tests;

/// <summary>The cases of the matrix.</summary>
static class MatrixCases
{
    const string Png = "iVBORw0KGgo=";
    const string Pdf = "JVBERi0xLjQ=";
    const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    static readonly ToolDefinition s_tool = new() { Name = "get_weather", Description = "Weather of a city.", Parameters = JsonText.Of(Schema) };

    public static IReadOnlyList<MatrixCase> All { get; } =
    [
        new("plain", static (client, _) => Of(client, User("Hello")), static wire => Says(wire, "Hi."), Texts, Said),
        new("system", static (client, _) => Of(client, Message.OfText(Role.System, "Be brief."), User("Hello")), static wire => Says(wire, "Hi."), Texts, Said),
        new("tools", static (client, _) => WithTools(Of(client, User("Weather in Rome?"))), static wire => Calls(wire, 1), Tools, Said),
        new(
            "parallel tools",
            static (client, _) => WithTools(Of(client, User("Weather in Rome and Oslo?"), Called(2), Result(0), Result(1))),
            static wire => Calls(wire, 2), Turns, Said),
        new(
            "tool results", static (client, _) => WithTools(Of(client, User("Weather in Rome?"), Called(1), Result(0))),
            static wire => Says(wire, "Fine."), Turns, Said),
        new(
            "image", static (client, _) => Of(client, With(new ImagePart(new Media { MimeType = "image/png", Base64 = Png }))),
            static wire => Says(wire, "A dot."), Media, Said),
        new(
            "PDF",
            static (client, _) => Of(client, With(new DocumentPart(new Media { MimeType = "application/pdf", Base64 = Pdf }) { FileName = "a.pdf" })),
            static wire => Says(wire, "Empty."), Media, Said),
        new("reasoning with tools", Reasoned, static wire => Thinks(wire), Proofs, Thought),
        new(
            "JSON schema",
            static (client, _) =>
            {
                var request = Of(client, User("Which city?"));
                request.Format = new OutputFormat(OutputKind.JsonSchema, "answer", null, JsonText.Of(Schema), true);
                return request;
            },
            static wire => Says(wire, "{\"city\":\"Rome\"}"),
            static request => request.Format is { } format ? $"{format.Kind} {Canonical(format.Schema)}" : "none",
            Said)
        {
            AskedOtherwise = static request =>
                request.Tools is [var tool] && request.ToolChoice?.Kind is ToolChoiceKind.Named or ToolChoiceKind.Required
                ? $"{OutputKind.JsonSchema} {Canonical(tool.Parameters)}"
                : request.Format is { Kind: OutputKind.JsonObject } ? "JSON" : "none",
        },
        new(
            "cache marks",
            static (client, _) =>
                Of(client, new Message { Role = Role.System, Parts = { new TextPart("Be brief.") { Cache = new CacheMark() } } }, User("Hello")),
            static wire => Says(wire, "Hi."),
            static request => string.Join(' ', Parts(request).Select(static part => part.Cache is null ? "-" : "marked")),
            Said),
        new("refusal", static (client, _) => Of(client, User("Say it")), Refuses, Texts, Refused),
        new(
            "error", static (client, _) => Of(client, User("Hello")), Fails, Texts,
            static events => events.Any(static e => e.Kind == ReplyEventKind.Failed) ? "failed" : "ended"),
        new("truncated", static (client, _) => Of(client, User("Hello")), static wire => Says(wire, "Hi", StopReason.MaxTokens), Texts, Said),
        new("empty", static (client, _) => Of(client, User("Hello")), static wire => Says(wire, ""), Texts, Said),
    ];

    static ChatRequest Of(DialectName client, params Message[] messages) =>
        new() { Dialect = client, Model = "m", Messages = [.. messages], Sampling = new Sampling { OutputTokensMax = 500 }, AsksUsage = true };

    static Message User(string text) => Message.OfText(Role.User, text);

    static Message With(Part part) => new() { Role = Role.User, Parts = { new TextPart("What is this?"), part } };

    static Message Called(int count)
    {
        var message = new Message { Role = Role.Assistant };
        for (var i = 0; i < count; i++) message.Parts.Add(new ToolCallPart($"call_{i}", "get_weather", "{\"city\":\"c\"}"));
        return message;
    }

    static Message Result(int call) =>
        new() { Role = Role.Tool, Parts = { new ToolResultPart($"call_{call}", [new TextPart("fine")]) { Name = "get_weather" } } };

    static ChatRequest WithTools(ChatRequest request)
    {
        request.Tools.Add(s_tool);
        return request;
    }

    /// <summary>A turn of the provider's model that the client brings back as it got it, with the result of its call.</summary>
    static ChatRequest Reasoned(DialectName client, DialectName wire)
    {
        var request = WithTools(Of(client, User("Weather in Rome?"), MatrixRun.Brought(client, wire, Thinks(wire)), Result(0)));
        request.Reasoning = new Reasoning { IsEnabled = true, BudgetTokens = 1024, Effort = "low" };
        request.Sampling = request.Sampling with { OutputTokensMax = 4000 };
        return request;
    }

    static List<ReplyEvent> Begin(DialectName wire) => [new() { Kind = ReplyEventKind.Started, Id = "r1", Name = "m", Unix = 1_700_000_000, Dialect = wire }];

    static List<ReplyEvent> End(List<ReplyEvent> events, StopReason stop)
    {
        events.Add(new() { Kind = ReplyEventKind.Finished, Stop = stop });
        events.Add(new() { Kind = ReplyEventKind.Usage, Usage = new TokenUsage { Input = 10, Output = 5 } });
        events.Add(new() { Kind = ReplyEventKind.Ended });
        return events;
    }

    static void Part(List<ReplyEvent> events, int part, ReplyPartKind kind, string text, string? id = null, string? name = null)
    {
        events.Add(new() { Kind = ReplyEventKind.PartStarted, Part = part, PartKind = kind, Id = id, Name = name });
        if (text.Length > 0) events.Add(new() { Kind = ReplyEventKind.Delta, Part = part, PartKind = kind, Text = text });
    }

    static void EndPart(List<ReplyEvent> events, int part, ReplyPartKind kind) =>
        events.Add(new() { Kind = ReplyEventKind.PartEnded, Part = part, PartKind = kind });

    static List<ReplyEvent> Says(DialectName wire, string text, StopReason stop = StopReason.EndTurn)
    {
        var events = Begin(wire);
        if (text.Length > 0)
        {
            Part(events, 0, ReplyPartKind.Text, text);
            EndPart(events, 0, ReplyPartKind.Text);
        }
        return End(events, stop);
    }

    static List<ReplyEvent> Calls(DialectName wire, int count)
    {
        var events = Begin(wire);
        for (var i = 0; i < count; i++)
        {
            Part(events, i, ReplyPartKind.ToolCall, "{\"city\":\"c\"}", $"call_{i}", "get_weather");
            EndPart(events, i, ReplyPartKind.ToolCall);
        }
        return End(events, StopReason.ToolCalls);
    }

    /// <summary>Thoughts as the wire has them: signed, encrypted, or bare; and a call.</summary>
    static List<ReplyEvent> Thinks(DialectName wire)
    {
        var events = Begin(wire);
        var id = wire == DialectName.OpenAiResponses ? "rs_1" : null;
        Part(events, 0, ReplyPartKind.Reasoning, "Hm.", id);
        if (wire is DialectName.Anthropic or DialectName.Bedrock)
            events.Add(new() { Kind = ReplyEventKind.Signature, PartKind = ReplyPartKind.Reasoning, Text = "cHJvb2Y=" });
        if (wire == DialectName.OpenAiResponses)
            events.Add(new() { Kind = ReplyEventKind.Encrypted, PartKind = ReplyPartKind.Reasoning, Text = "cHJvb2Y=", Id = id });
        EndPart(events, 0, ReplyPartKind.Reasoning);
        Part(events, 1, ReplyPartKind.ToolCall, "{\"city\":\"c\"}", "call_0", "get_weather");
        if (wire == DialectName.Gemini) events.Add(new() { Kind = ReplyEventKind.Signature, Part = 1, PartKind = ReplyPartKind.ToolCall, Text = "cHJvb2Y=" });
        EndPart(events, 1, ReplyPartKind.ToolCall);
        return End(events, StopReason.ToolCalls);
    }

    static List<ReplyEvent> Refuses(DialectName wire)
    {
        var events = Begin(wire);
        var kind = wire is DialectName.OpenAiChat or DialectName.OpenAiResponses ? ReplyPartKind.Refusal : ReplyPartKind.Text;
        Part(events, 0, kind, "I cannot.");
        EndPart(events, 0, kind);
        return End(events, wire switch
        {
            DialectName.Anthropic => StopReason.Refusal,
            DialectName.OpenAiChat or DialectName.OpenAiResponses => StopReason.EndTurn,
            _ => StopReason.ContentFilter,
        });
    }

    static List<ReplyEvent> Fails(DialectName wire)
    {
        var events = Begin(wire);
        Part(events, 0, ReplyPartKind.Text, "Hi");
        events.Add(new() { Kind = ReplyEventKind.Failed, Error = new LlmError(LlmErrorKind.Overloaded, 503, "Too busy.") });
        return events;
    }

    static IEnumerable<Part> Parts(ChatRequest request) => request.Messages.SelectMany(static message => message.Parts);

    static string TextOf(Part piece) => piece is OpaquePart json ? ToolResultText.Of(json) : ((TextPart)piece).Text;

    static string Texts(ChatRequest request) => string.Join('\n', request.Messages.SelectMany(
        static message => message.Parts.OfType<TextPart>().Select(part => $"{(message.Role == Role.Developer ? Role.System : message.Role)}: {part.Text}")));

    static string Tools(ChatRequest request) =>
        string.Join('\n', request.Tools.Select(static tool => $"{tool.Name}: {tool.Description} {Canonical(tool.Parameters)}").Prepend(Texts(request)));

    static string Turns(ChatRequest request) => string.Join('\n', Parts(request).Select(static part => part switch
    {
        ToolCallPart call => $"{call.Id}: {call.Name}({call.Arguments})",
        ToolResultPart result => $"{result.CallId} gave {string.Concat(result.Content.Select(TextOf))}",
        TextPart text => text.Text,
        _ => part.GetType().Name,
    }));

    static string Media(ChatRequest request) => string.Join('\n', Parts(request).Select(static part => part switch
    {
        ImagePart image => $"{image.Media.MimeType} {image.Media.Base64}",
        DocumentPart document => $"{document.Media.MimeType} {document.Media.Base64}",
        TextPart text => text.Text,
        _ => part.GetType().Name,
    }));

    /// <summary>What the model must get back of its thoughts.</summary>
    static string Proofs(ChatRequest request)
    {
        var parts = Parts(request).ToList();
        var proof = parts.OfType<ReasoningPart>().Select(static part => part.Signature ?? part.Encrypted)
            .Concat(parts.OfType<ToolCallPart>().Select(static call => call.Signature)).FirstOrDefault(static text => text is not null);
        return $"thoughts={parts.OfType<ReasoningPart>().Any(static part => part.Text.Length > 0)} proof={proof}";
    }

    static string Said(IReadOnlyList<ReplyEvent> events)
    {
        var text = string.Concat(events.Where(static e => e.Kind == ReplyEventKind.Delta && e.PartKind == ReplyPartKind.Text).Select(static e => e.Text));
        var calls = events.Where(static e => e is { Kind: ReplyEventKind.PartStarted, PartKind: ReplyPartKind.ToolCall }).Select(call =>
        {
            var arguments = events.Where(e => e is { Kind: ReplyEventKind.Delta, PartKind: ReplyPartKind.ToolCall } && e.Part == call.Part);
            return $"{call.Name}({Canonical(JsonText.Of(string.Concat(arguments.Select(static e => e.Text))))})";
        });
        var stop = events.Where(static e => e.Kind == ReplyEventKind.Finished).Select(static e => e.Stop.ToString()).FirstOrDefault();
        var usage = events.LastOrDefault(static e => e.Usage is not null).Usage;
        return $"{text} {string.Join(' ', calls)} {stop} {usage?.Input}/{usage?.Output}";
    }

    static string Thought(IReadOnlyList<ReplyEvent> events)
    {
        var thoughts = events.Where(static e => e is { Kind: ReplyEventKind.Delta, PartKind: ReplyPartKind.Reasoning }).Select(static e => e.Text);
        return string.Concat(thoughts) + Said(events);
    }

    static string Refused(IReadOnlyList<ReplyEvent> events)
    {
        var words = string.Concat(events.Where(static e => e.Kind == ReplyEventKind.Delta).Select(static e => e.Text));
        var isRefused = events.Any(static e => e is { Kind: ReplyEventKind.PartStarted, PartKind: ReplyPartKind.Refusal }
            or { Kind: ReplyEventKind.Finished, Stop: StopReason.Refusal or StopReason.ContentFilter });
        return $"{words} {isRefused}";
    }

    static string Canonical(JsonText json) => json.IsEmpty ? "" : JsonShape.Text(System.Text.Json.Nodes.JsonNode.Parse(json.Utf8.Span));
}
