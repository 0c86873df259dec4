namespace Weir.Ai;

/// <summary>Reads a chat request.</summary>
static class CohereRequestReader
{
    public static ChatRequest? Read(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        var before = problems.Found.Count;
        var root = WireObject.Parse(body, problems, out var document);
        using (document)
        {
            if (root is null) return null;
            var request = new ChatRequest
            {
                Dialect = DialectName.Cohere,
                Model = line.Model ?? root.Text("model") ?? "",
                IsStream = root.Flag("stream") ?? line.IsStream ?? false,
                AsksUsage = true,
            };
            if (!root.Has("messages")) root.Missing("messages");
            foreach (var message in root.Objects("messages"))
                if (CohereMessageReader.Read(message) is { } read) request.Messages.Add(read);
            ReadTools(root, request);
            ReadSampling(root, request);
            if (root.Object("response_format") is { } format) request.Format = ReadFormat(format, request);
            if (root.Object("thinking") is { } thinking) request.Reasoning = ReadThinking(thinking);
            request.Extras.AddRange(root.Rest());
            return problems.Found.Count == before ? request : null;
        }
    }

    static void ReadTools(WireObject root, ChatRequest request)
    {
        // Strictness is asked for all tools at once.
        var isStrict = root.Flag("strict_tools");
        foreach (var tool in root.Objects("tools"))
        {
            var type = tool.Text("type") ?? "function";
            if (type != "function" || tool.Object("function") is not { } function)
            {
                if (type == "function") tool.Missing("function");
                else request.Tools.Add(new ToolDefinition { Name = type, Opaque = WireJson.Copy(tool.Element) });
                continue;
            }
            request.Tools.Add(new ToolDefinition
            {
                Name = function.RequiredText("name"),
                Description = function.Text("description"),
                Parameters = function.Object("parameters") is null ? default : function.Raw("parameters"),
                IsStrict = isStrict,
                Extras = function.Rest(),
            });
        }
        var choice = root.Text("tool_choice");
        request.ToolChoice = choice?.ToUpperInvariant() switch
        {
            "REQUIRED" => new ToolChoice(ToolChoiceKind.Required),
            "NONE" => new ToolChoice(ToolChoiceKind.None),
            _ => null,
        };
        if (choice is not null && request.ToolChoice is null) root.Problem("tool_choice", $"must be REQUIRED or NONE, not \"{choice}\"");
    }

    static void ReadSampling(WireObject root, ChatRequest request) => request.Sampling = new Sampling
    {
        OutputTokensMax = root.Int("max_tokens"),
        Temperature = root.Number("temperature"),
        TopP = root.Number("p"),
        TopK = root.Int("k"),
        Stop = root.Texts("stop_sequences"),
        Seed = root.Long("seed"),
        FrequencyPenalty = root.Number("frequency_penalty"),
        PresencePenalty = root.Number("presence_penalty"),
        Logprobs = root.Flag("logprobs") ?? false,
    };

    static OutputFormat? ReadFormat(WireObject format, ChatRequest request)
    {
        var type = format.RequiredText("type");
        var schema = format.Object("json_schema") is null ? default : format.Raw("json_schema");
        if (schema.IsEmpty && format.Object("schema") is not null) schema = format.Raw("schema");
        foreach (var (name, value) in format.Rest()) request.Extras.Add(new Extra($"response_format.{name}", value));
        switch (type)
        {
            case "text":
                return new OutputFormat(OutputKind.Text);
            case "json_object":
                return new OutputFormat(schema.IsEmpty ? OutputKind.JsonObject : OutputKind.JsonSchema, Schema: schema);
            case "":
                return null;
            default:
                format.Problem("type", $"must be text or json_object, not \"{type}\"");
                return null;
        }
    }

    static Reasoning? ReadThinking(WireObject thinking)
    {
        var type = thinking.RequiredText("type");
        if (type is not ("enabled" or "disabled" or "")) thinking.Problem("type", $"must be enabled or disabled, not \"{type}\"");
        return new Reasoning { IsEnabled = type == "enabled", BudgetTokens = thinking.Int("token_budget") };
    }
}
