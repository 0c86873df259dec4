using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads messages.</summary>
static class CohereMessageReader
{
    public static Message? Read(WireObject message)
    {
        var role = message.RequiredText("role");
        Role? known = role switch
        {
            "system" => Role.System,
            "developer" => Role.Developer,
            "user" => Role.User,
            "assistant" => Role.Assistant,
            "tool" => Role.Tool,
            _ => null,
        };
        if (known is null)
        {
            if (role.Length > 0) message.Problem("role", $"must be system, user, assistant or tool, not \"{role}\"");
            return null;
        }
        var read = new Message { Role = known.Value };
        if (known == Role.Tool)
        {
            var id = message.RequiredText("tool_call_id");
            List<Part> content = [];
            ReadContent(message, content);
            read.Parts.Add(new ToolResultPart(id, content));
        }
        else
        {
            ReadContent(message, read.Parts);
        }
        if (message.Text("tool_plan") is { Length: > 0 } plan) read.Parts.Add(new TextPart(plan));
        foreach (var call in message.Objects("tool_calls")) read.Parts.Add(ReadCall(call));
        read.Extras.AddRange(message.Rest());
        return read;
    }

    static ToolCallPart ReadCall(WireObject call)
    {
        call.Text("type");
        var id = call.RequiredText("id");
        if (call.Object("function") is { } function)
            return new ToolCallPart(id, function.RequiredText("name"), function.Text("arguments") ?? "") { Extras = [.. function.Rest(), .. call.Rest()] };
        call.Missing("function");
        return new ToolCallPart(id, "", "");
    }

    static void ReadContent(WireObject message, List<Part> parts)
    {
        if (message.Any("content") is not { } content) return;
        if (content.ValueKind == JsonValueKind.String)
        {
            if (WireJson.TextOf(content) is { Length: > 0 } text) parts.Add(new TextPart(text));
            return;
        }
        if (content.ValueKind != JsonValueKind.Array)
        {
            message.Problem("content", "must be a string or an array of parts");
            return;
        }
        foreach (var part in message.Objects("content"))
            if (ReadPart(part) is { } read) parts.Add(read);
    }

    static Part? ReadPart(WireObject part)
    {
        var type = part.RequiredText("type");
        switch (type)
        {
            case "":
                return null;
            case "text":
                return new TextPart(part.RequiredText("text")) { Extras = part.Rest() };
            case "thinking":
                return new ReasoningPart(part.RequiredText("thinking")) { Extras = part.Rest() };
            case "image_url":
                return ReadImage(part);
            default:
                return new OpaquePart(type, WireJson.Copy(part.Element));
        }
    }

    static ImagePart? ReadImage(WireObject part)
    {
        if (part.Object("image_url") is not { } image)
        {
            part.Missing("image_url");
            return null;
        }
        if (Media.OfUrl(image.RequiredText("url")) is { } media)
            return new ImagePart(media) { Detail = image.Text("detail"), Extras = part.Rest() };
        image.Problem("url", "must be an address or a data: URL in base64");
        return null;
    }
}
