using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes tools and the choice among them.</summary>
readonly ref struct OpenAiChatToolWriter(ChatRequest request, ModelTraits traits, Utf8JsonWriter json, Losses losses)
{
    readonly ChatRequest _request = request;
    readonly Utf8JsonWriter _json = json;
    readonly bool _isOwn = request.Dialect == DialectName.OpenAiChat;

    /// <summary>Writes the tools of the request, and the one through which the answer is given where there is one.</summary>
    public void Write(AnswerTool? answer)
    {
        if (_request.Tools.Count > 0 && traits.Refuses.Contains("tools")) losses.Add("tools");
        var written = 0;
        foreach (var tool in _request.Tools)
        {
            if (!IsTaken(tool)) continue;
            if (written++ == 0) _json.WriteStartArray("tools");
            if (tool.Opaque.IsEmpty) WriteTool(tool);
            else tool.Opaque.WriteTo(_json);
        }
        if (answer is not null)
        {
            if (written == 0) _json.WriteStartArray("tools");
            WriteTool(new ToolDefinition { Name = AnswerTool.Name, Description = answer.Description, Parameters = answer.Schema });
        }
        if (written == 0 && answer is null) return;
        _json.WriteEndArray();
        WriteChoice(answer is null ? _request.ToolChoice
            : written == 0 ? new ToolChoice(ToolChoiceKind.Named, AnswerTool.Name)
            : new ToolChoice(ToolChoiceKind.Required));
        if (_request.ParallelTools is not { } parallel) return;
        if (traits.Refuses.Contains("parallel_tool_calls")) losses.Add(FieldNames.Of(_request.Dialect, "parallel_tool_calls"));
        else _json.WriteBoolean("parallel_tool_calls", parallel);
    }

    bool IsTaken(ToolDefinition tool)
    {
        if (traits.Refuses.Contains("tools")) return false;
        if (!tool.Opaque.IsEmpty && !_isOwn)
        {
            losses.Add("tools." + tool.Name);
            return false;
        }
        return SaysAllowed || _request.ToolChoice is not { Allowed: { Count: > 0 } allowed } || allowed.Contains(tool.Name);
    }

    /// <summary>OpenAI alone has a list of allowed tools; leaving out the others says the same to every provider.</summary>
    bool SaysAllowed => _isOwn && !traits.Refuses.Contains("allowed_tools");

    void WriteTool(ToolDefinition tool)
    {
        _json.WriteStartObject();
        _json.WriteString("type", "function");
        _json.WriteStartObject("function");
        WireText.Write(_json, "name", tool.Name);
        WireText.Write(_json, "description", tool.Description);
        if (!tool.Parameters.IsEmpty)
        {
            _json.WritePropertyName("parameters");
            tool.Parameters.WriteTo(_json);
        }
        if (tool.IsStrict is { } strict && !traits.Refuses.Contains("strict")) _json.WriteBoolean("strict", strict);
        WriteExtras(tool, inner: true);
        _json.WriteEndObject();
        OpenAiChatPartWriter.WriteCache(_json, tool.Cache, _isOwn, traits, losses);
        WriteExtras(tool, inner: false);
        _json.WriteEndObject();
    }

    void WriteExtras(ToolDefinition tool, bool inner)
    {
        const string prefix = "function.";
        if (!_isOwn)
        {
            if (inner) losses.Add("tools", tool.Extras);
            return;
        }
        foreach (var extra in tool.Extras)
        {
            if (extra.Name.StartsWith(prefix, StringComparison.Ordinal) != inner) continue;
            _json.WritePropertyName(inner ? extra.Name.AsSpan(prefix.Length) : extra.Name);
            extra.Value.WriteTo(_json);
        }
    }

    void WriteChoice(ToolChoice? choice)
    {
        if (choice is null) return;
        if (traits.Refuses.Contains("tool_choice"))
        {
            // Auto is what a model does without being told.
            if (choice.Kind != ToolChoiceKind.Auto) losses.Add(FieldNames.Of(_request.Dialect, "tool_choice"));
            return;
        }
        if (SaysAllowed && choice.Allowed.Count > 0 && choice.Kind is ToolChoiceKind.Auto or ToolChoiceKind.Required)
        {
            WriteAllowed(choice);
            return;
        }
        switch (choice.Kind)
        {
            case ToolChoiceKind.None: _json.WriteString("tool_choice", "none"); break;
            case ToolChoiceKind.Required: _json.WriteString("tool_choice", "required"); break;
            case ToolChoiceKind.Named:
                _json.WritePropertyName("tool_choice");
                WriteNamed(choice.Name ?? "");
                break;
            default: _json.WriteString("tool_choice", "auto"); break;
        }
    }

    void WriteAllowed(ToolChoice choice)
    {
        _json.WriteStartObject("tool_choice");
        _json.WriteString("type", "allowed_tools");
        _json.WriteStartObject("allowed_tools");
        _json.WriteString("mode", choice.Kind == ToolChoiceKind.Required ? "required" : "auto");
        _json.WriteStartArray("tools");
        foreach (var name in choice.Allowed) WriteNamed(name);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    void WriteNamed(string name)
    {
        var kind = KindOf(name);
        _json.WriteStartObject();
        _json.WriteString("type", kind);
        _json.WriteStartObject(kind);
        WireText.Write(_json, "name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>A custom tool is named as such; everything else that can be named is a function.</summary>
    string KindOf(string name)
    {
        foreach (var tool in _request.Tools)
            if (!tool.Opaque.IsEmpty && tool.Name == name) return "custom";
        return "function";
    }
}
