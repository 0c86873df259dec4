namespace Weir.Ai;

/// <summary>Reads a request for /v1/messages: its fields. The content of the messages is read by <see cref="AnthropicBlockReader"/>.</summary>
static class AnthropicRequestReader
{
    /// <param name="body">The body.</param>
    /// <param name="line">What the path says.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="isCount">It asks for a count of tokens alone: there is no limit to the answer.</param>
    public static ChatRequest? Read(ReadOnlyMemory<byte> body, RequestLine line, Problems problems, bool isCount = false)
    {
        var before = problems.Found.Count;
        if (WireObject.Parse(body, problems, out var document) is not { } wire) return null;
        using (document)
        {
            var request = Read(wire, line, isCount);
            return problems.Found.Count > before ? null : request;
        }
    }

    static ChatRequest Read(WireObject wire, RequestLine line, bool isCount)
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.Anthropic,
            Model = wire.Text("model") ?? line.Model ?? "",
            IsStream = wire.Flag("stream") ?? line.IsStream ?? false,
            AsksUsage = true,
            ServiceTier = wire.Text("service_tier"),
        };
        if (request.Model.Length == 0) wire.Missing("model");
        if (!isCount && !wire.Has("max_tokens")) wire.Missing("max_tokens");
        request.Sampling = new Sampling
        {
            OutputTokensMax = Positive(wire, "max_tokens"),
            Temperature = wire.Number("temperature"),
            TopP = wire.Number("top_p"),
            TopK = wire.Int("top_k"),
            Stop = wire.Texts("stop_sequences"),
        };
        if (wire.Object("metadata") is { } metadata)
        {
            request.User = metadata.Text("user_id");
            Leftover(metadata, "metadata", request);
        }
        ReadConversation(wire, request);
        ReadTools(wire, request);
        ReadThinkingAndFormat(wire, request);
        request.Extras.AddRange(wire.Rest());
        return request;
    }

    /// <summary>What a conversation and a count of its tokens have both: system, messages.</summary>
    static void ReadConversation(WireObject wire, ChatRequest request)
    {
        if (wire.Has("system")) request.Messages.Add(AnthropicBlockReader.Message(wire, "system", Role.System));
        if (!wire.Has("messages")) wire.Missing("messages");
        var any = false;
        foreach (var message in wire.Objects("messages"))
        {
            any = true;
            AnthropicBlockReader.AddMessage(message, request.Messages);
        }
        if (!any && wire.Has("messages")) wire.Problem("messages", "must have at least one message");
    }

    static void ReadTools(WireObject wire, ChatRequest request)
    {
        foreach (var tool in wire.Objects("tools")) request.Tools.Add(Tool(tool));
        if (wire.Object("tool_choice") is not { } choice) return;
        ToolChoiceKind? kind = choice.RequiredText("type") switch
        {
            "auto" => ToolChoiceKind.Auto,
            "any" => ToolChoiceKind.Required,
            "tool" => ToolChoiceKind.Named,
            "none" => ToolChoiceKind.None,
            _ => null,
        };
        if (kind is null) choice.Problem("type", "must be auto, any, tool or none");
        var name = kind == ToolChoiceKind.Named ? choice.RequiredText("name") : null;
        if (choice.Flag("disable_parallel_tool_use") is { } disabled) request.ParallelTools = !disabled;
        request.ToolChoice = new ToolChoice(kind ?? ToolChoiceKind.Auto, name);
    }

    static void ReadThinkingAndFormat(WireObject wire, ChatRequest request)
    {
        var thinking = wire.Object("thinking");
        var config = wire.Object("output_config");
        request.Reasoning = AnthropicThinking.Read(thinking, config?.Text("effort"));
        request.Format = Format(config?.Object("format") ?? wire.Object("output_format"));
        Leftover(config, "output_config", request);
        Leftover(thinking, "thinking", request);
    }

    /// <summary>What nobody read of an object that is read field by field: it is written into the same object again.</summary>
    static void Leftover(WireObject? wire, string name, ChatRequest request)
    {
        if (wire?.Rest() is { Count: > 0 } rest) request.Extras.Add(new Extra(name, ExtraFields.ObjectOf(rest)));
    }

    static OutputFormat? Format(WireObject? format)
    {
        if (format is null) return null;
        if (format.RequiredText("type") != "json_schema") format.Problem("type", "must be json_schema");
        if (format.Object("schema") is not { } schema)
        {
            if (!format.Has("schema")) format.Missing("schema");
            return null;
        }
        return new OutputFormat(OutputKind.JsonSchema, Schema: WireObject.Copy(schema.Element));
    }

    static int? Positive(WireObject wire, string name)
    {
        var value = wire.Int(name);
        if (value is < 1) wire.Problem(name, "must be at least 1");
        return value;
    }

    static ToolDefinition Tool(WireObject tool)
    {
        if (tool.Text("type") is { } type && type != "custom")
            return new ToolDefinition { Name = tool.Text("name") ?? type, Opaque = WireObject.Copy(tool.Element) };
        var schema = tool.Object("input_schema");
        if (!tool.Has("input_schema")) tool.Missing("input_schema");
        return new ToolDefinition
        {
            Name = tool.RequiredText("name"),
            Description = tool.Text("description"),
            Parameters = schema is null ? default : WireObject.Copy(schema.Element),
            IsStrict = tool.Flag("strict"),
            Cache = AnthropicBlockReader.Cache(tool),
            Extras = tool.Rest(),
        };
    }
}
