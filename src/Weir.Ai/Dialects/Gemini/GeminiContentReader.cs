using System.Globalization;

namespace Weir.Ai;

/// <summary>
/// Reads contents and their parts. Calls without an id get one made of their place, and the responses without an id those of the calls by name.
/// </summary>
sealed class GeminiContentReader
{
    /// <summary>Before the ids made here; the writer leaves them out again.</summary>
    public const string MadeId = "gemini_call_";

    readonly List<(string Name, string Id)> _open = [];

    public void Read(WireObject root, ChatRequest request)
    {
        var index = 0;
        foreach (var content in root.Many("contents"))
        {
            var role = content.Text("role");
            var message = new Message { Role = role == "model" ? Role.Assistant : Role.User };
            if (role is not (null or "" or "user" or "model" or "function")) content.Problem("role", $"must be user, model or function, not \"{role}\"");
            ReadParts(content, message, index);
            if (message.Role == Role.User && message.Parts.Count > 0 && message.Parts.TrueForAll(static part => part is ToolResultPart))
                message = new Message { Role = Role.Tool, Parts = message.Parts };
            if (role == "function") message.Extras.Add(new Extra("role", JsonText.Of("\"function\"")));
            message.Extras.AddRange(content.Rest());
            request.Messages.Add(message);
            index++;
        }
    }

    public void ReadParts(WireObject content, Message message, int contentIndex)
    {
        var index = 0;
        foreach (var part in content.Many("parts"))
        {
            if (ReadPart(part, $"{MadeId}{contentIndex.ToString(CultureInfo.InvariantCulture)}_{index.ToString(CultureInfo.InvariantCulture)}") is { } read)
                message.Parts.Add(read);
            index++;
        }
    }

    Part? ReadPart(WireObject part, string madeId)
    {
        var signature = part.Text("thoughtSignature".In(part));
        if (part.Object("functionCall".In(part)) is { } call) return ReadCall(call, part, signature, madeId);
        if (part.Object("functionResponse".In(part)) is { } response) return ReadResponse(response, part, signature, madeId);
        foreach (var name in GeminiParts.Opaque)
            if (part.Has(name.In(part))) return ReadOpaque(part, name, signature);
        var media = ReadMedia(part);
        if (media is not null) return media with { Extras = [.. part.Rest(), .. media.Extras, .. SignatureExtra(signature)] };
        if (part.Has("text") || signature is not null) return ReadText(part, signature);
        part.Problem("text", "is required: a part has one of text, inlineData, fileData, functionCall, functionResponse, executableCode, codeExecutionResult");
        return null;
    }

    static Part ReadText(WireObject part, string? signature)
    {
        var text = part.Text("text") ?? "";
        if (part.Flag("thought") == true) return new ReasoningPart(text) { Signature = signature, Extras = part.Rest() };
        return new TextPart(text) { Extras = [.. part.Rest(), .. SignatureExtra(signature)] };
    }

    ToolCallPart ReadCall(WireObject call, WireObject part, string? signature, string madeId)
    {
        var name = call.RequiredText("name");
        var id = call.Text("id") ?? madeId;
        var args = call.Object("args") is null ? "" : call.Raw("args").ToString();
        _open.Add((name, id));
        return new ToolCallPart(id, name, args) { Signature = signature, Extras = [.. GeminiParts.Below("functionCall.", call.Rest()), .. part.Rest()] };
    }

    ToolResultPart ReadResponse(WireObject response, WireObject part, string? signature, string madeId)
    {
        var name = response.RequiredText("name");
        var id = response.Text("id");
        var call = _open.FindIndex(open => id is null ? open.Name == name : open.Id == id);
        if (call >= 0)
        {
            id = _open[call].Id;
            _open.RemoveAt(call);
        }
        List<Part> content = [];
        var isError = false;
        if (response.Object("response") is { } result)
        {
            isError = result.Has("error");
            content.Add(new OpaquePart(GeminiExtras.Response, response.Raw("response")));
        }
        foreach (var more in response.Many("parts"))
            if (ReadPart(more, madeId) is { } read) content.Add(read);
        return new ToolResultPart(id ?? madeId, content)
        {
            Name = name,
            IsError = isError,
            Extras = [.. GeminiParts.Below("functionResponse.", response.Rest()), .. part.Rest(), .. SignatureExtra(signature)],
        };
    }

    /// <summary>A part that only Gemini knows, with everything beside it.</summary>
    static OpaquePart ReadOpaque(WireObject part, string name, string? signature) =>
        new(name, WireJson.Object([new Extra(name, part.Raw(name.In(part))), .. part.Rest(), .. SignatureExtra(signature)]));

    Part? ReadMedia(WireObject part)
    {
        if (part.Object("inlineData".In(part)) is { } inline)
        {
            var type = inline.RequiredText("mimeType".In(inline));
            // Google's own SDK for Python writes the URL alphabet (RFC 4648 §5); everyone else takes only the standard one.
            var media = new Media { MimeType = type, Base64 = inline.RequiredText("data").Replace('-', '+').Replace('_', '/') };
            return GeminiParts.OfMedia(media, inline, "inlineData.");
        }
        if (part.Object("fileData".In(part)) is { } file)
        {
            var uri = file.RequiredText("fileUri".In(file));
            var type = file.Text("mimeType".In(file));
            var media = GeminiParts.IsOwnFile(uri) ? new Media { MimeType = type, FileId = uri } : new Media { MimeType = type, Url = uri };
            return GeminiParts.OfMedia(media, file, "fileData.");
        }
        return null;
    }

    static Extra[] SignatureExtra(string? signature) =>
        signature is null ? [] : [new Extra(GeminiParts.Signature, WireJson.Quoted(signature))];
}
