namespace Weir.Ai;

/// <summary>
/// Reads input items into messages. What the model gave in one turn (thoughts, texts, calls) becomes one message, as other dialects have it; a text that
/// follows a text begins another.
/// </summary>
sealed class ResponsesItemReader(ChatRequest request)
{
    Message? _turn;

    public void Read(WireObject item)
    {
        var type = item.Text("type") ?? (item.Has("role") ? "message" : "");
        switch (type)
        {
            case "message":
                ReadMessage(item);
                break;
            case "function_call":
                ReadCall(item);
                break;
            case "function_call_output":
                ReadCallOutput(item);
                break;
            case "reasoning":
                ReadReasoning(item);
                break;
            case "":
                item.Missing("type");
                break;
            default:
                ReadOpaque(item, type);
                break;
        }
    }

    void ReadMessage(WireObject item)
    {
        var role = item.RequiredText("role");
        if (role is not ("user" or "assistant" or "system" or "developer"))
        {
            if (role.Length > 0) item.Problem("role", $"must be user, assistant, system or developer, not \"{role}\"");
            return;
        }
        List<Part> parts = [];
        ResponsesContentReader.Read(item, "content", parts);
        if (role == "assistant")
        {
            if (_turn?.Parts is [.., TextPart or RefusalPart]) _turn = null;
            var extras = item.Rest();
            if (extras.Count > 0 && parts.Count > 0)
            {
                var named = extras.ConvertAll(static extra => extra with { Name = ResponsesNames.Message + extra.Name });
                parts[0] = parts[0] with { Extras = [.. named, .. parts[0].Extras] };
            }
            Turn().Parts.AddRange(parts);
            return;
        }
        _turn = null;
        // Without this, a system message that leads the items would be taken for the instructions, which are not part of the conversation's state.
        var isLeading = role == "system" && request.Messages.Count == 0;
        var message = new Message
        {
            Role = role switch { "system" => Role.System, "developer" => Role.Developer, _ => Role.User },
            Parts = parts,
            Extras = isLeading ? [new Extra("type", JsonText.Of("\"message\"")), .. item.Rest()] : item.Rest(),
        };
        request.Messages.Add(message);
    }

    void ReadCall(WireObject item)
    {
        var call = new ToolCallPart(item.RequiredText("call_id"), item.RequiredText("name"), item.Text("arguments") ?? "");
        Turn().Parts.Add(call with { Extras = item.Rest() });
    }

    void ReadCallOutput(WireObject item)
    {
        _turn = null;
        List<Part> content = [];
        var id = item.RequiredText("call_id");
        if (!item.Has("output")) item.Missing("output");
        ResponsesContentReader.Read(item, "output", content);
        request.Messages.Add(new Message { Role = Role.Tool, Parts = { new ToolResultPart(id, content) { Extras = item.Rest() } } });
    }

    void ReadReasoning(WireObject item)
    {
        List<string> texts = [];
        List<Extra> extras = [];
        foreach (var part in item.Objects("summary")) texts.Add(part.Text("text") ?? "");
        // One paragraph can be told from the text; several, or the thoughts themselves, go back as they came.
        if (texts.Count > 1) extras.Add(new Extra("summary", item.Raw("summary")));
        if (item.Has("content"))
        {
            if (texts.Count == 0)
                foreach (var part in item.Objects("content")) texts.Add(part.Text("text") ?? "");
            if (item.Array("content") is { } content && content.GetArrayLength() > 0) extras.Add(new Extra("content", item.Raw("content")));
        }
        var reasoning = new ReasoningPart(string.Join(ResponsesNames.SummaryBreak, texts)) { Id = item.Text("id"), Encrypted = item.Text("encrypted_content") };
        Turn().Parts.Add(reasoning with { Extras = [.. extras, .. item.Rest()] });
    }

    void ReadOpaque(WireObject item, string type)
    {
        var part = new OpaquePart(type, WireJson.Copy(item.Element));
        if (!type.EndsWith("_output", StringComparison.Ordinal) && !type.EndsWith("_response", StringComparison.Ordinal) && type != "additional_tools")
        {
            Turn().Parts.Add(part);
            return;
        }
        _turn = null;
        request.Messages.Add(new Message { Role = Role.User, Parts = { part } });
    }

    /// <summary>The message of the model's turn, begun if none is.</summary>
    Message Turn()
    {
        if (_turn is null)
        {
            _turn = new Message { Role = Role.Assistant };
            request.Messages.Add(_turn);
        }
        return _turn;
    }
}
