using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes tools and tool_choice.</summary>
sealed class AnthropicToolWriter(ChatRequest request, ModelTraits traits, Losses losses, Utf8JsonWriter writer)
{
    bool IsOwn => request.Dialect == DialectName.Anthropic;

    /// <summary>Writes the tools of the request, and the one through which the answer is given where there is one.</summary>
    public void Write(AnswerTool? answer)
    {
        var any = false;
        foreach (var tool in request.Tools)
        {
            if (!IsTaken(tool)) continue;
            if (!any) writer.WriteStartArray("tools"u8);
            any = true;
            WriteTool(tool);
        }
        if (answer is not null)
        {
            if (!any) writer.WriteStartArray("tools"u8);
            WriteAnswerTool(answer);
        }
        if (any || answer is not null) writer.WriteEndArray();
        if (any || answer is not null) WriteChoice(answer is null ? null : any ? ToolChoiceKind.Required : ToolChoiceKind.Named);
        else if (request.ToolChoice is { Kind: not (ToolChoiceKind.Auto or ToolChoiceKind.None) }) losses.Add(FieldNames.Of(request.Dialect, "tool_choice"));
    }

    bool IsTaken(ToolDefinition tool)
    {
        if (!tool.Opaque.IsEmpty && !IsOwn)
        {
            losses.Add(tool.Name.Length == 0 ? "tools" : $"tools.{tool.Name}");
            return false;
        }
        // There is no list of allowed tools here: leaving out the others says the same.
        var allowed = request.ToolChoice?.Allowed;
        return allowed is not { Count: > 0 } || !tool.Opaque.IsEmpty || allowed.Contains(tool.Name);
    }

    void WriteTool(ToolDefinition tool)
    {
        if (!tool.Opaque.IsEmpty)
        {
            tool.Opaque.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        WireText.Write(writer, "name"u8, tool.Name);
        if (tool.Description is { } description && (IsOwn || description.Length > 0)) WireText.Write(writer, "description"u8, description);
        writer.WritePropertyName("input_schema"u8);
        if (IsOwn && !tool.Parameters.IsEmpty) tool.Parameters.WriteTo(writer);
        else AnthropicSchema.WriteParameters(writer, tool.Parameters);
        if (tool.IsStrict is { } strict && (IsOwn || strict))
        {
            if (traits.LacksJsonSchema) losses.Add("tools.strict");
            else writer.WriteBoolean("strict"u8, strict);
        }
        AnthropicBlockWriter.WriteCache(writer, tool.Cache);
        if (IsOwn) ExtraFields.WriteFields(writer, tool.Extras);
        else losses.Add("tools", tool.Extras);
        writer.WriteEndObject();
    }

    void WriteAnswerTool(AnswerTool answer)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, AnswerTool.Name);
        WireText.Write(writer, "description"u8, answer.Description);
        writer.WritePropertyName("input_schema"u8);
        AnthropicSchema.WriteParameters(writer, answer.Schema);
        writer.WriteEndObject();
    }

    void WriteChoice(ToolChoiceKind? answer)
    {
        var kind = answer ?? request.ToolChoice?.Kind;
        if (kind is null && request.ParallelTools != false) return;
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, kind switch
        {
            ToolChoiceKind.None => "none"u8,
            ToolChoiceKind.Required => "any"u8,
            ToolChoiceKind.Named => "tool"u8,
            _ => "auto"u8,
        });
        if (kind == ToolChoiceKind.Named) WireText.Write(writer, "name"u8, answer is null ? request.ToolChoice?.Name ?? "" : AnswerTool.Name);
        if (kind != ToolChoiceKind.None && request.ParallelTools is { } parallel) writer.WriteBoolean("disable_parallel_tool_use"u8, !parallel);
        writer.WriteEndObject();
    }
}
