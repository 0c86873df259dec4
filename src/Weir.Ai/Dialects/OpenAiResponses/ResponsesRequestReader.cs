using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads a request to create a response.</summary>
static class ResponsesRequestReader
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
                Dialect = DialectName.OpenAiResponses,
                Model = line.Model ?? root.Text("model") ?? "",
                IsStream = root.Flag("stream") ?? line.IsStream ?? false,
                AsksUsage = true,
            };
            ReadInput(root, request);
            foreach (var tool in root.Objects("tools")) request.Tools.Add(ReadTool(tool));
            ReadToolChoice(root, request);
            ReadSampling(root, request);
            if (root.Object("text") is { } text) ReadText(text, request);
            if (root.Object("reasoning") is { } reasoning) ReadReasoning(reasoning, request);
            request.ParallelTools = root.Flag("parallel_tool_calls");
            request.Store = root.Flag("store");
            request.User = root.Text("user");
            request.ServiceTier = root.Text("service_tier");
            ReadMetadata(root, request);
            request.Extras.AddRange(root.Rest());
            return problems.Found.Count == before ? request : null;
        }
    }

    static void ReadInput(WireObject root, ChatRequest request)
    {
        if (root.Text("instructions") is { } instructions) request.Messages.Add(Message.OfText(Role.System, instructions));
        if (root.Any("input") is not { } input)
        {
            // With stored state, the input may be empty: a prompt template or a conversation says it all.
            if (!root.Has("previous_response_id") && !root.Has("conversation") && !root.Has("prompt")) root.Missing("input");
        }
        else if (input.ValueKind == JsonValueKind.String)
        {
            request.Messages.Add(Message.OfText(Role.User, WireJson.TextOf(input)));
        }
        else if (input.ValueKind == JsonValueKind.Array)
        {
            var items = new ResponsesItemReader(request);
            foreach (var item in root.Objects("input")) items.Read(item);
        }
        else
        {
            root.Problem("input", "must be a string or an array of items");
        }
    }

    static ToolDefinition ReadTool(WireObject tool)
    {
        var type = tool.RequiredText("type");
        if (type != "function") return new ToolDefinition { Name = tool.Text("name") ?? type, Opaque = WireJson.Copy(tool.Element) };
        var parameters = tool.Object("parameters") is null ? default : tool.Raw("parameters");
        return new ToolDefinition
        {
            Name = tool.RequiredText("name"),
            Description = tool.Text("description"),
            Parameters = parameters,
            IsStrict = tool.Flag("strict"),
            Extras = tool.Rest(),
        };
    }

    static void ReadToolChoice(WireObject root, ChatRequest request)
    {
        if (root.Any("tool_choice") is not { } choice) return;
        if (choice.ValueKind == JsonValueKind.String)
        {
            var word = WireJson.TextOf(choice);
            request.ToolChoice = Word(word);
            if (request.ToolChoice is null) root.Problem("tool_choice", $"must be auto, none, required or an object, not \"{word}\"");
            return;
        }
        if (choice.ValueKind != JsonValueKind.Object)
        {
            root.Problem("tool_choice", "must be a string or an object");
            return;
        }
        var type = choice.TextOf("type");
        if (type == "function" && choice.TextOf("name") is { } name) request.ToolChoice = new ToolChoice(ToolChoiceKind.Named, name);
        else if (type == "function") root.Problem("tool_choice.name", "is required");
        else if (type == "allowed_tools" && Allowed(choice) is { } allowed) request.ToolChoice = allowed;
        else if (type is null) root.Problem("tool_choice.type", "is required");
        else request.Extras.Add(new Extra("tool_choice", WireJson.Copy(choice)));
    }

    static ToolChoice? Word(string word) => word switch
    {
        "auto" => new ToolChoice(ToolChoiceKind.Auto),
        "none" => new ToolChoice(ToolChoiceKind.None),
        "required" => new ToolChoice(ToolChoiceKind.Required),
        _ => null,
    };

    /// <summary>A choice among functions; null where others are among them, which no other dialect can name.</summary>
    static ToolChoice? Allowed(JsonElement choice)
    {
        List<string> names = [];
        foreach (var tool in choice.Items("tools"))
        {
            if (tool.TextOf("type") != "function" || tool.TextOf("name") is not { } name) return null;
            names.Add(name);
        }
        return Word(choice.TextOf("mode") ?? "auto") is { } kind ? kind with { Allowed = names } : null;
    }

    static void ReadSampling(WireObject root, ChatRequest request)
    {
        var asksLogprobs = false;
        if (root.Has("include"))
        {
            var include = root.Raw("include");
            asksLogprobs = root.Texts("include").Contains(ResponsesNames.IncludeLogprobs);
            request.Extras.Add(new Extra("include", include));
        }
        request.Sampling = new Sampling
        {
            Temperature = root.Number("temperature"),
            TopP = root.Number("top_p"),
            OutputTokensMax = root.Int("max_output_tokens"),
            TopLogprobs = root.Int("top_logprobs"),
            Logprobs = asksLogprobs,
        };
    }

    static void ReadText(WireObject text, ChatRequest request)
    {
        if (text.Object("format") is { } format)
        {
            var type = format.RequiredText("type");
            request.Format = type switch
            {
                "text" => new OutputFormat(OutputKind.Text),
                "json_object" => new OutputFormat(OutputKind.JsonObject),
                "json_schema" => new OutputFormat(
                    OutputKind.JsonSchema, format.RequiredText("name"), format.Text("description"), format.Raw("schema"), format.Flag("strict")),
                _ => null,
            };
            if (request.Format is null && type.Length > 0) request.Extras.Add(new Extra("text.format", WireJson.Copy(format.Element)));
            else foreach (var (name, value) in format.Rest()) request.Extras.Add(new Extra($"text.format.{name}", value));
        }
        foreach (var (name, value) in text.Rest()) request.Extras.Add(new Extra(ResponsesNames.Text + name, value));
    }

    static void ReadReasoning(WireObject reasoning, ChatRequest request)
    {
        var effort = reasoning.Text("effort");
        var summary = reasoning.Text("summary");
        request.Reasoning = new Reasoning { Effort = effort, IsEnabled = effort is null ? null : effort != "none", Summary = summary };
        foreach (var (name, value) in reasoning.Rest()) request.Extras.Add(new Extra(ResponsesNames.Reasoning + name, value));
    }

    static void ReadMetadata(WireObject root, ChatRequest request)
    {
        if (root.Object("metadata") is not { } metadata) return;
        foreach (var field in metadata.Element.EnumerateObject())
            if (metadata.Text(field.Name) is { } value) request.Metadata.Add(KeyValuePair.Create(field.Name, value));
    }
}
