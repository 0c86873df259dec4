using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes toolConfig.</summary>
sealed class BedrockToolWriter(ChatRequest request, ModelTraits traits, Losses losses, Utf8JsonWriter writer)
{
    bool IsOwn => request.Dialect == DialectName.Bedrock;

    /// <summary>Writes the tools of the request, and the one through which the answer is given where there is one.</summary>
    public void Write(AnswerTool? answer)
    {
        var history = IsOwn ? [] : CalledBefore();
        // There is no choice of no tool: leaving them out says the same, unless calls stand in the conversation.
        var isNone = request.ToolChoice?.Kind == ToolChoiceKind.None && answer is null;
        var tools = isNone && history.Count == 0 ? [] : request.Tools.FindAll(IsTaken);
        if (isNone && history.Count > 0) losses.Add(FieldNames.Of(request.Dialect, "tool_choice"));
        var config = new LazyObject(writer, "toolConfig");
        if (tools.Count > 0 || answer is not null || history.Count > 0)
        {
            config.Open();
            writer.WriteStartArray("tools"u8);
            foreach (var tool in tools) WriteTool(tool);
            // Calls in the conversation are refused where no tools are defined.
            if (tools.Count == 0 && answer is null)
                foreach (var name in history) WriteTool(new ToolDefinition { Name = name });
            if (answer is not null) WriteTool(new ToolDefinition { Name = AnswerTool.Name, Description = answer.Description, Parameters = answer.Schema });
            writer.WriteEndArray();
            WriteChoice(answer is null ? null : tools.Count > 0 ? ToolChoiceKind.Required : ToolChoiceKind.Named);
        }
        if (IsOwn && ExtraFields.Find(request.Extras, "toolConfig") is { } rest)
        {
            config.Open();
            ExtraFields.WriteFieldsOf(writer, rest);
        }
        config.Close();
    }

    /// <summary>Names of the tools that were called in the conversation, when none is defined.</summary>
    List<string> CalledBefore()
    {
        List<string> names = [];
        if (request.Tools.Count > 0 && request.ToolChoice?.Kind != ToolChoiceKind.None) return names;
        foreach (var message in request.Messages)
            foreach (var part in message.Parts)
                if (part is ToolCallPart call && !names.Contains(call.Name)) names.Add(call.Name);
        return names;
    }

    bool IsTaken(ToolDefinition tool)
    {
        if (!tool.Opaque.IsEmpty && !IsOwn)
        {
            losses.Add(tool.Name.Length == 0 ? "tools" : $"tools.{tool.Name}");
            return false;
        }
        var allowed = request.ToolChoice?.Allowed;
        return allowed is not { Count: > 0 } || !tool.Opaque.IsEmpty || allowed.Contains(tool.Name);
    }

    void WriteTool(ToolDefinition tool)
    {
        if (tool.Opaque.IsEmpty) WriteSpec(tool);
        else tool.Opaque.WriteTo(writer);
        BedrockBlockWriter.WriteCachePoint(writer, tool.Cache);
    }

    void WriteSpec(ToolDefinition tool)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("toolSpec"u8);
        WireText.Write(writer, "name"u8, tool.Name);
        if (tool.Description is { } description && (IsOwn || description.Length > 0)) WireText.Write(writer, "description"u8, description);
        writer.WriteStartObject("inputSchema"u8);
        writer.WritePropertyName("json"u8);
        if (IsOwn && !tool.Parameters.IsEmpty) tool.Parameters.WriteTo(writer);
        else AnthropicSchema.WriteParameters(writer, tool.Parameters);
        writer.WriteEndObject();
        if (tool.IsStrict is { } strict && (IsOwn || strict))
        {
            if (traits.LacksJsonSchema) losses.Add("tools.strict");
            else writer.WriteBoolean("strict"u8, strict);
        }
        if (IsOwn) ExtraFields.WriteFields(writer, tool.Extras);
        else losses.Add("tools", tool.Extras);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    void WriteChoice(ToolChoiceKind? answer)
    {
        var kind = answer ?? request.ToolChoice?.Kind;
        if (kind is null or ToolChoiceKind.None) return;
        writer.WriteStartObject("toolChoice"u8);
        writer.WriteStartObject(kind switch { ToolChoiceKind.Auto => "auto"u8, ToolChoiceKind.Required => "any"u8, _ => "tool"u8 });
        if (kind == ToolChoiceKind.Named) WireText.Write(writer, "name"u8, answer is null ? request.ToolChoice?.Name ?? "" : AnswerTool.Name);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
