using System.Buffers;
using System.Text;

namespace Weir.Ai;

/// <summary>One scanner over a request, in any dialect: what is said in it, by whom ever, results of tools and documents of plain text included.</summary>
sealed class RequestScreen(TextScanner scanner)
{
    LlmError? _stop;
    bool _isEdited;

    /// <summary>Looks at a call and replaces in it what has to be. The error ends the call.</summary>
    public static LlmError? Apply(LlmCall call, TextScanner scanner)
    {
        var screen = new RequestScreen(scanner);
        return call.Surface.Operation == Operation.Chat ? screen.OfChat(call) : screen.OfOther(call);
    }

    LlmError? OfChat(LlmCall call)
    {
        var problems = new Problems();
        if (call.Read(problems) is not { } request || problems.Found.Count > 0) return InvalidRequest.Of(problems);
        foreach (var message in request.Messages)
        {
            for (var i = 0; i < message.Parts.Count && _stop is null; i++) message.Parts[i] = Screened(message.Role, message.Parts[i]);
        }
        call.IsRewritten |= _isEdited;
        return _stop;
    }

    /// <summary>Requests that are no conversations: the strings of their JSON.</summary>
    LlmError? OfOther(LlmCall call)
    {
        if (call.FormBoundary is { } boundary) return OfForm(call, boundary);
        if (!call.IsJson) return null;
        var (json, stop) = ScannedJson.Scan(new JsonText(call.Body), scanner, new TextPlace(IsReply: false, Role.User, ReplyPartKind.Text), SpokenTexts.Fields);
        return stop ?? (json is { } changed ? call.ReplaceBody(changed.Utf8) : null);
    }

    /// <summary>Forms: the fields that hold text.</summary>
    LlmError? OfForm(LlmCall call, string boundary)
    {
        var body = call.Body;
        // It was read when the call was opened.
        if (!MultipartForm.TryRead(body.Span, boundary, out var fields, out _)) return null;
        var output = new ArrayBufferWriter<byte>();
        var from = 0;
        foreach (var field in fields)
        {
            if (field.IsFile || !SpokenTexts.Fields.Contains(field.Name)) continue;
            if (Of(Role.User, Encoding.UTF8.GetString(body.Span[field.Value.Start..field.Value.End])) is not { } changed) continue;
            output.Write(body.Span[from..field.Value.Start]);
            Encoding.UTF8.GetBytes(changed, output);
            from = field.Value.End;
        }
        if (_stop is not null || from == 0) return _stop;
        output.Write(body.Span[from..]);
        call.ReplaceForm(output.WrittenMemory);
        return null;
    }

    Part Screened(Role role, Part part) => part switch
    {
        TextPart text => Of(role, text.Text) is { } changed ? text with { Text = changed, Annotations = default } : part,
        ReasoningPart { Text.Length: > 0 } thought => Of(role, thought.Text, ReplyPartKind.Reasoning) is { } changed
            ? thought with { Text = changed, Signature = null }
            : part,
        RefusalPart refusal => Of(role, refusal.Text, ReplyPartKind.Refusal) is { } changed ? refusal with { Text = changed } : part,
        ToolCallPart call => Of(role, call.Arguments, ReplyPartKind.ToolCall) is { } changed ? call with { Arguments = changed } : part,
        ToolResultPart result => OfResult(result),
        DocumentPart document => OfDocument(role, document),
        OpaquePart opaque => OfJson(role, opaque),
        _ => part,
    };

    ToolResultPart OfResult(ToolResultPart result)
    {
        Part[]? changed = null;
        for (var i = 0; i < result.Content.Count && _stop is null; i++)
        {
            var piece = Screened(Role.Tool, result.Content[i]);
            if (ReferenceEquals(piece, result.Content[i])) continue;
            changed ??= [.. result.Content];
            changed[i] = piece;
        }
        return changed is null ? result : result with { Content = changed };
    }

    DocumentPart OfDocument(Role role, DocumentPart document)
    {
        if (document.FileName is { } name && Of(role, name) is { } newName) document = document with { FileName = newName };
        if (document.Context is { } context && Of(role, context) is { } newContext) document = document with { Context = newContext };
        if (SpokenTexts.Written(document.Media) is { } written && Of(role, written) is { } newText)
            document = document with { Media = document.Media with { Base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(newText)) } };
        return document;
    }

    Part OfJson(Role role, OpaquePart opaque)
    {
        var (json, stop) = ScannedJson.Scan(opaque.Json, scanner, new TextPlace(IsReply: false, role, ReplyPartKind.Opaque));
        _stop ??= stop;
        _isEdited |= json is not null;
        return json is { } changed ? opaque with { Json = changed } : opaque;
    }

    /// <summary>The text as it goes on; null where it goes on as it is.</summary>
    string? Of(Role role, string text, ReplyPartKind kind = ReplyPartKind.Text)
    {
        if (_stop is not null) return null;
        var (passed, stop) = ScannedJson.Scan(text, scanner, new TextPlace(IsReply: false, role, kind), isJson: kind == ReplyPartKind.ToolCall);
        _stop = stop;
        if (ReferenceEquals(passed, text)) return null;
        _isEdited = true;
        return passed;
    }
}
