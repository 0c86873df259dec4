using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads the messages of a request.</summary>
static class OpenAiChatMessageReader
{
    public static void ReadAll(WireObject root, List<Message> messages)
    {
        if (!root.Has("messages")) root.Missing("messages");
        string? lastCall = null;
        foreach (var message in root.Objects("messages"))
        {
            if (ReadOne(message, ref lastCall) is { } read) messages.Add(read);
        }
    }

    static Message? ReadOne(WireObject wire, ref string? lastCall)
    {
        var role = wire.RequiredText("role");
        var message = new Message { Role = Role.User };
        switch (role)
        {
            case "system": message.Role = Role.System; break;
            case "developer": message.Role = Role.Developer; break;
            case "user": break;
            case "assistant": message.Role = Role.Assistant; break;
            case "tool":
                message.Role = Role.Tool;
                ReadResult(wire, message, wire.RequiredText("tool_call_id"));
                return message;
            case "function":
                message.Role = Role.Tool;
                ReadResult(wire, message, lastCall ?? FunctionCallId(wire.RequiredText("name")));
                return message;
            case "": return null;
            default:
                wire.Problem("role", "must be system, developer, user, assistant or tool");
                return null;
        }
        message.Name = wire.Text("name");
        if (message.Role == Role.Assistant) ReadAssistant(wire, message, ref lastCall);
        else ReadContent(wire, message.Parts, required: true);
        AddRest(wire, message);
        return message;
    }

    static void ReadAssistant(WireObject wire, Message message, ref string? lastCall)
    {
        OpenAiChatReasoning.Read(wire, message.Parts);
        ReadContent(wire, message.Parts, required: false);
        if (wire.Text("refusal") is { } refusal) message.Parts.Add(new RefusalPart(refusal));
        foreach (var call in wire.Objects("tool_calls")) ReadCall(call, message.Parts);
        if (wire.Object("function_call") is { } function)
        {
            var name = function.RequiredText("name");
            lastCall = FunctionCallId(name);
            message.Parts.Add(new ToolCallPart(lastCall, name, Arguments(function)));
        }
    }

    static void ReadCall(WireObject call, List<Part> parts)
    {
        var kind = call.Text("type") ?? "function";
        if (kind != "function")
        {
            parts.Add(new OpaquePart(kind, call.Whole()));
            return;
        }
        var id = call.RequiredText("id");
        if (call.Object("function") is not { } function)
        {
            if (!call.Has("function")) call.Missing("function");
            return;
        }
        var part = new ToolCallPart(id, function.RequiredText("name"), Arguments(function)) { Signature = GoogleSignature(call) };
        _ = call.Any("index");
        parts.Add(call.Rest() is { Count: > 0 } rest ? part with { Extras = rest } : part);
    }

    /// <summary>Google's compatible endpoint carries the thought signature of a call so: <c>extra_content.google.thought_signature</c>.</summary>
    static string? GoogleSignature(WireObject call)
    {
        if (!call.Has("extra_content")) return null;
        return call.Object("extra_content")?.Object("google")?.Text("thought_signature");
    }

    /// <summary>Arguments as text; Ollama's clients send the object itself.</summary>
    static string Arguments(WireObject function)
    {
        if (function.Any("arguments") is { ValueKind: JsonValueKind.Object }) return function.Raw("arguments").ToString();
        return function.Text("arguments") ?? "";
    }

    static void ReadResult(WireObject wire, Message message, string callId)
    {
        List<Part> content = [];
        ReadContent(wire, content, required: true);
        message.Parts.Add(new ToolResultPart(callId, content) { Name = wire.Text("name") });
        AddRest(wire, message);
    }

    static void ReadContent(WireObject wire, List<Part> parts, bool required)
    {
        if (wire.Any("content") is not { } content)
        {
            if (required) wire.Missing("content");
            return;
        }
        switch (content.ValueKind)
        {
            // Many clients send "" with tool calls, where null is meant.
            case JsonValueKind.String when required || !content.ValueEquals(""u8):
                parts.Add(new TextPart(wire.Text("content")!) { Cache = OpenAiChatPartReader.ReadCache(wire) });
                break;
            case JsonValueKind.String: break;
            case JsonValueKind.Array:
                foreach (var part in wire.Objects("content"))
                    if (OpenAiChatPartReader.Read(part) is { } read) parts.Add(read);
                break;
            default:
                wire.Problem("content", "must be a string or an array of parts");
                break;
        }
    }

    static void AddRest(WireObject wire, Message message)
    {
        foreach (var extra in wire.Rest())
            if (!extra.Value.Utf8.Span.SequenceEqual("null"u8)) message.Extras.Add(extra);
    }

    /// <summary>Functions had no ids: a result follows its call.</summary>
    static string FunctionCallId(string name) => "call_" + name;
}
