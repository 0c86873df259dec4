using System.Text;

namespace Weir.Ai;

/// <summary>Reads a request for Converse or ConverseStream. The model, and whether a stream is asked for, stand in the path.</summary>
static class BedrockRequestReader
{
    public static ChatRequest? Read(ReadOnlyMemory<byte> body, RequestLine line, Problems problems)
    {
        var before = problems.Found.Count;
        if (WireObject.Parse(body, problems, out var document) is not { } wire) return null;
        using (document)
        {
            var request = Read(wire, line);
            return problems.Found.Count > before ? null : request;
        }
    }

    static ChatRequest Read(WireObject wire, RequestLine line)
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.Bedrock,
            Model = line.Model ?? "",
            IsStream = line.IsStream ?? false,
            AsksUsage = true,
            ServiceTier = wire.Object("serviceTier")?.Text("type"),
        };
        if (wire.Has("system"))
        {
            var system = BedrockBlockReader.Message(wire, "system", Role.System);
            if (system.Parts.Count > 0) request.Messages.Add(system);
        }
        if (!wire.Has("messages")) wire.Missing("messages");
        foreach (var message in wire.Objects("messages")) BedrockBlockReader.AddMessage(message, request.Messages);
        if (wire.Object("inferenceConfig") is { } inference) ReadInference(inference, request);
        if (wire.Object("toolConfig") is { } tools) ReadTools(tools, request);
        if (wire.Object("additionalModelRequestFields") is { } fields) BedrockModelFields.Read(fields, request);
        if (wire.Object("requestMetadata") is { } metadata) ReadMetadata(metadata, request);
        request.Format = Format(wire);
        request.Extras.AddRange(wire.Rest());
        return request;
    }

    static void ReadInference(WireObject inference, ChatRequest request)
    {
        request.Sampling = request.Sampling with
        {
            OutputTokensMax = inference.Int("maxTokens"),
            Temperature = inference.Number("temperature"),
            TopP = inference.Number("topP"),
            Stop = inference.Texts("stopSequences"),
        };
        if (request.Sampling.OutputTokensMax is < 1) inference.Problem("maxTokens", "must be at least 1");
        if (inference.Rest() is { Count: > 0 } rest) request.Extras.Add(new Extra("inferenceConfig", ExtraFields.ObjectOf(rest)));
    }

    static void ReadTools(WireObject config, ChatRequest request)
    {
        foreach (var tool in config.Objects("tools"))
        {
            if (BedrockBlockReader.CachePoint(tool) is { } mark && request.Tools is [.., { Cache: null } last]) request.Tools[^1] = last with { Cache = mark };
            else request.Tools.Add(Tool(tool));
        }
        if (config.Object("toolChoice") is { } choice)
        {
            var named = choice.Object("tool");
            request.ToolChoice = named is not null ? new ToolChoice(ToolChoiceKind.Named, named.RequiredText("name"))
                : choice.Object("any") is not null ? new ToolChoice(ToolChoiceKind.Required)
                : choice.Object("auto") is not null ? new ToolChoice(ToolChoiceKind.Auto)
                : null;
            if (request.ToolChoice is null) config.Problem("toolChoice", "must have one of auto, any and tool");
        }
        if (config.Rest() is { Count: > 0 } rest) request.Extras.Add(new Extra("toolConfig", ExtraFields.ObjectOf(rest)));
    }

    static ToolDefinition Tool(WireObject tool)
    {
        if (tool.Object("toolSpec") is not { } spec)
        {
            var name = tool.Object("systemTool")?.Text("name");
            return new ToolDefinition { Name = name ?? "", Opaque = WireObject.Copy(tool.Element) };
        }
        var schema = spec.Object("inputSchema")?.Object("json");
        if (!spec.Has("inputSchema")) spec.Missing("inputSchema");
        return new ToolDefinition
        {
            Name = spec.RequiredText("name"),
            Description = spec.Text("description"),
            Parameters = schema is null ? default : WireObject.Copy(schema.Element),
            IsStrict = spec.Flag("strict"),
            Extras = spec.Rest(),
        };
    }

    static void ReadMetadata(WireObject metadata, ChatRequest request)
    {
        foreach (var field in metadata.Element.EnumerateObject())
            if (metadata.Text(field.Name) is { } value) request.Metadata.Add(new(field.Name, value));
    }

    static OutputFormat? Format(WireObject wire)
    {
        if (wire.Object("outputConfig")?.Object("textFormat") is not { } format) return null;
        if (format.RequiredText("type") != "json_schema") format.Problem("type", "must be json_schema");
        if (format.Object("structure")?.Object("jsonSchema") is not { } described)
        {
            format.Problem("structure.jsonSchema", "is required");
            return null;
        }
        var schema = described.RequiredText("schema");
        using var parsed = LooseJson.Parse(Encoding.UTF8.GetBytes(schema).AsMemory());
        if (parsed is null) described.Problem("schema", "must be a JSON Schema, as a string");
        return new OutputFormat(OutputKind.JsonSchema, described.Text("name"), described.Text("description"), JsonText.Of(schema));
    }
}
