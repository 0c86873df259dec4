using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads tools and the choice among them, in today's form and in that of functions before it.</summary>
static class OpenAiChatToolReader
{
    public static void Read(WireObject root, ChatRequest request)
    {
        foreach (var tool in root.Objects("tools")) ReadTool(tool, request.Tools);
        foreach (var function in root.Objects("functions")) request.Tools.Add(ReadFunction(function, null, []));
        request.ParallelTools = root.Flag("parallel_tool_calls");
        request.ToolChoice = ReadChoice(root, "tool_choice") ?? ReadChoice(root, "function_call");
    }

    static void ReadTool(WireObject tool, List<ToolDefinition> tools)
    {
        var kind = tool.Text("type") ?? "function";
        if (kind != "function")
        {
            var name = tool.Object(kind) is { } inner && inner.Has("name") ? inner.RequiredText("name") : kind;
            tools.Add(new ToolDefinition { Name = name, Opaque = tool.Whole() });
            return;
        }
        if (tool.Object("function") is not { } function)
        {
            if (!tool.Has("function")) tool.Missing("function");
            return;
        }
        var cache = OpenAiChatPartReader.ReadCache(tool);
        tools.Add(ReadFunction(function, cache, tool.Rest()));
    }

    static ToolDefinition ReadFunction(WireObject function, CacheMark? cache, List<Extra> outer)
    {
        var tool = new ToolDefinition
        {
            Name = function.RequiredText("name"),
            Description = function.Text("description"),
            Parameters = function.Object("parameters") is null ? default : function.Raw("parameters"),
            IsStrict = function.Flag("strict"),
            Cache = cache,
        };
        foreach (var extra in function.Rest()) outer.Add(extra with { Name = "function." + extra.Name });
        return outer.Count == 0 ? tool : tool with { Extras = outer };
    }

    static ToolChoice? ReadChoice(WireObject root, string field)
    {
        if (root.Any(field) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) return root.Object(field) is { } choice ? ReadChoiceObject(choice) : null;
        switch (value.GetString())
        {
            case "auto": return new ToolChoice(ToolChoiceKind.Auto);
            case "none": return new ToolChoice(ToolChoiceKind.None);

            // "any" is Mistral's word.
            case "required" or "any": return new ToolChoice(ToolChoiceKind.Required);
            default:
                root.Problem(field, "must be auto, none, required, or an object that names a tool");
                return null;
        }
    }

    static ToolChoice? ReadChoiceObject(WireObject choice)
    {
        var kind = choice.Text("type") ?? (choice.Has("name") ? "name" : "function");
        switch (kind)
        {
            // functions had {"name": "…"} alone.
            case "name": return new ToolChoice(ToolChoiceKind.Named, choice.RequiredText("name"));
            case "allowed_tools": return ReadAllowed(choice);
        }
        if (choice.Object(kind) is { } named) return new ToolChoice(ToolChoiceKind.Named, named.RequiredText("name"));
        if (!choice.Has(kind)) choice.Missing(kind);
        return null;
    }

    static ToolChoice? ReadAllowed(WireObject choice)
    {
        if (choice.Object("allowed_tools") is not { } allowed)
        {
            if (!choice.Has("allowed_tools")) choice.Missing("allowed_tools");
            return null;
        }
        List<string> names = [];
        foreach (var tool in allowed.Objects("tools"))
        {
            if (tool.Object(tool.Text("type") ?? "function") is { } named) names.Add(named.RequiredText("name"));
            else tool.Missing("function");
        }
        var mode = allowed.RequiredText("mode");
        if (mode is not ("" or "auto" or "required")) allowed.Problem("mode", "must be auto or required");
        return new ToolChoice(mode == "required" ? ToolChoiceKind.Required : ToolChoiceKind.Auto) { Allowed = names };
    }
}
