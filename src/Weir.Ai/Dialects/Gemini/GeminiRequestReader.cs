namespace Weir.Ai;

/// <summary>Reads a GenerateContentRequest.</summary>
static class GeminiRequestReader
{
    public static ChatRequest? Read(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        var before = problems.Found.Count;
        var root = WireObject.Parse(body, problems, out var document);
        using (document)
        {
            if (root is null) return null;
            var request = new ChatRequest { Dialect = DialectName.Gemini, AsksUsage = true, IsStream = line.IsStream ?? false };
            var named = root.Text("model");
            request.Model = line.Model ?? Bare(named ?? "");
            ReadSystem(root, request);
            if (!root.Has("contents")) root.Missing("contents");
            new GeminiContentReader().Read(root, request);
            foreach (var tools in root.Many("tools")) ReadTools(tools, request);
            if (root.Object("toolConfig".In(root)) is { } toolConfig) ReadToolConfig(toolConfig, request);
            if (root.Object("generationConfig".In(root)) is { } config) ReadConfig(config, request);
            request.Extras.AddRange(root.Rest());
            return problems.Found.Count == before ? request : null;
        }
    }

    /// <summary><c>models/gemini-2.5-flash</c> is named like <c>gemini-2.5-flash</c>.</summary>
    static string Bare(string model) => model.StartsWith("models/", StringComparison.Ordinal) ? model[7..] : model;

    static void ReadSystem(WireObject root, ChatRequest request)
    {
        if (root.Object("systemInstruction".In(root)) is not { } system) return;
        var message = new Message { Role = Role.System };
        system.Text("role");
        new GeminiContentReader().ReadParts(system, message, 0);
        message.Extras.AddRange(system.Rest());
        request.Messages.Add(message);
    }

    static void ReadTools(WireObject tools, ChatRequest request)
    {
        foreach (var function in tools.Many("functionDeclarations"))
        {
            var parameters = function.Raw("parametersJsonSchema".In(function));
            if (parameters.IsEmpty && function.Any("parameters") is { } schema) parameters = GeminiSchema.ToJsonSchema(schema);
            request.Tools.Add(new ToolDefinition
            {
                Name = function.RequiredText("name"),
                Description = function.Text("description"),
                Parameters = parameters,
                Extras = function.Rest(),
            });
        }
        // Every other field is a tool that Google runs itself: googleSearch, codeExecution, urlContext, fileSearch, ....
        foreach (var (name, value) in tools.Rest())
            request.Tools.Add(new ToolDefinition { Name = name, Opaque = WireJson.Object([new Extra(name, value)]) });
    }

    static void ReadToolConfig(WireObject toolConfig, ChatRequest request)
    {
        if (toolConfig.Object("functionCallingConfig".In(toolConfig)) is { } calling)
        {
            var allowed = calling.Texts("allowedFunctionNames".In(calling));
            var mode = calling.Text("mode");
            request.ToolChoice = mode?.ToUpperInvariant() switch
            {
                null or "MODE_UNSPECIFIED" when allowed.Count == 0 => null,
                null or "MODE_UNSPECIFIED" or "AUTO" => new ToolChoice(ToolChoiceKind.Auto) { Allowed = allowed },
                "VALIDATED" => new ToolChoice(ToolChoiceKind.Auto) { Allowed = allowed },
                "ANY" when allowed.Count == 1 => new ToolChoice(ToolChoiceKind.Named, allowed[0]),
                "ANY" => new ToolChoice(ToolChoiceKind.Required) { Allowed = allowed },
                "NONE" => new ToolChoice(ToolChoiceKind.None),
                _ => null,
            };
            if (mode is not null && request.ToolChoice is null && mode != "MODE_UNSPECIFIED")
                calling.Problem("mode", $"must be AUTO, ANY, NONE or VALIDATED, not \"{mode}\"");
            if (mode?.ToUpperInvariant() == "VALIDATED") request.Extras.Add(new Extra(GeminiExtras.Calling + "mode", JsonText.Of("\"VALIDATED\"")));
            foreach (var (name, value) in calling.Rest()) request.Extras.Add(new Extra(GeminiExtras.Calling + name, value));
        }
        foreach (var (name, value) in toolConfig.Rest()) request.Extras.Add(new Extra(GeminiExtras.ToolConfig + name, value));
    }

    static void ReadConfig(WireObject config, ChatRequest request)
    {
        request.Sampling = new Sampling
        {
            Temperature = config.Number("temperature"),
            TopP = config.Number("topP".In(config)),
            TopK = WholeNumber(config, "topK".In(config)),
            OutputTokensMax = config.Int("maxOutputTokens".In(config)),
            Choices = config.Int("candidateCount".In(config)),
            Stop = config.Texts("stopSequences".In(config)),
            Seed = config.Long("seed"),
            PresencePenalty = config.Number("presencePenalty".In(config)),
            FrequencyPenalty = config.Number("frequencyPenalty".In(config)),
            Logprobs = config.Flag("responseLogprobs".In(config)) ?? false,
            TopLogprobs = config.Int("logprobs"),
        };
        foreach (var modality in config.Texts("responseModalities".In(config))) request.Modalities.Add(modality.ToLowerInvariant());
        request.Format = ReadFormat(config, request);
        if (config.Object("thinkingConfig".In(config)) is { } thinking) request.Reasoning = ReadThinking(thinking, request);
        foreach (var (name, value) in config.Rest()) request.Extras.Add(new Extra(GeminiExtras.Config + name, value));
    }

    /// <summary>topK is a float in Google's own definition: 40.0 is as good as 40.</summary>
    static int? WholeNumber(WireObject config, string name)
    {
        if (config.Number(name) is not { } number) return null;
        if (number == Math.Floor(number) && Math.Abs(number) < int.MaxValue) return (int)number;
        config.Problem(name, "must be a whole number");
        return null;
    }

    static OutputFormat? ReadFormat(WireObject config, ChatRequest request)
    {
        var type = config.Text("responseMimeType".In(config));
        var schema = config.Raw("responseJsonSchema".In(config));
        if (schema.IsEmpty && config.Any("responseSchema".In(config)) is { } subset) schema = GeminiSchema.ToJsonSchema(subset);
        if (type == "text/x.enum") request.Extras.Add(new Extra(GeminiExtras.MimeType, JsonText.Of("\"text/x.enum\"")));
        if (!schema.IsEmpty) return new OutputFormat(OutputKind.JsonSchema, Schema: schema);
        return type switch
        {
            null => null,
            "text/plain" => new OutputFormat(OutputKind.Text),
            "application/json" => new OutputFormat(OutputKind.JsonObject),
            _ => Unknown(),
        };

        OutputFormat? Unknown()
        {
            config.Problem("responseMimeType".In(config), $"must be text/plain, application/json or text/x.enum with a schema, not \"{type}\"");
            return null;
        }
    }

    static Reasoning ReadThinking(WireObject thinking, ChatRequest request)
    {
        var budget = thinking.Int("thinkingBudget".In(thinking));
        var level = thinking.Text("thinkingLevel".In(thinking));
        var shows = thinking.Flag("includeThoughts".In(thinking));
        foreach (var (name, value) in thinking.Rest()) request.Extras.Add(new Extra(GeminiExtras.Thinking + name, value));
        return new Reasoning
        {
            IsEnabled = budget is null ? null : budget != 0,
            IsAdaptive = budget == -1,
            BudgetTokens = budget > 0 ? budget : null,
            Effort = level?.ToLowerInvariant(),
            Summary = shows switch { true => "auto", false => "none", null => null },
        };
    }
}
