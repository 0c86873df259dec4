using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>The conversation of a generateContent request: roles, parts, calls with as many results, signatures.</summary>
/// <param name="check">Where problems go.</param>
/// <param name="question">Where the rest goes.</param>
/// <param name="needsSignatures">Calls of the running turn must bring the signatures they came with.</param>
sealed class GeminiTurns(MockCheck check, MockQuestion question, bool needsSignatures)
{
    /// <summary>Signatures that Gemini accepts for calls it never made.</summary>
    static readonly string[] s_passes = [Encode("skip_thought_signature_validator"), Encode("context_engineering_is_the_way_to_go")];

    static readonly FrozenSet<string> s_partFields = FrozenSet.Create(
        "text", "inlineData", "fileData", "functionCall", "functionResponse", "thought", "thoughtSignature", "executableCode", "codeExecutionResult",
        "videoMetadata", "mediaResolution", "toolCall", "toolResponse", "partMetadata");

    static readonly string[] s_contents = ["text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult", "toolCall", "toolResponse"];

    /// <summary>Names of the calls of the turn before that wait for results.</summary>
    List<string> _calls = [];

    public void Read(JsonArray? contents)
    {
        if (contents?.Count == 0) check.Fail("* GenerateContentRequest.contents: contents is not specified");
        var turnStart = TurnStart(contents);
        var index = 0;
        foreach (var (content, path) in check.Objects(contents, "contents"))
        {
            var role = check.Text(content, "role", path);
            if (role is not (null or "user" or "model" or "function")) check.Fail("Please use a valid role: user, model.");
            var parts = check.Array(content, "parts", path);
            if (parts is null or { Count: 0 }) check.Fail($"* GenerateContentRequest.{path}.parts: contents.parts must not be empty.");
            ReadTurn(check.Objects(parts, $"{path}.parts"), role == "model", index++ > turnStart);
        }
        if (_calls.Count > 0) check.Fail("Please ensure that function call turn is followed by a function response turn.");
    }

    /// <summary>The last content of the user's that is no result of a tool begins the running turn.</summary>
    static int TurnStart(JsonArray? contents)
    {
        for (var i = (contents?.Count ?? 0) - 1; i >= 0; i--)
        {
            var isUser = contents![i]?["role"]?.ToString() is not "model";
            if (isUser && contents[i]?["parts"] is JsonArray parts && parts.Any(static part => part?["functionResponse"] is null)) return i;
        }
        return -1;
    }

    void ReadTurn(IEnumerable<(JsonObject Part, string Path)> parts, bool isModel, bool isRunning)
    {
        // Calls may be spread over several turns of the model's; the results of all come in the next of the user's.
        var asked = isModel ? [] : _calls;
        if (!isModel) _calls = [];
        question.ToolResults.Clear();
        if (!isModel) question.Media.Clear();
        var text = new StringBuilder();
        foreach (var (part, path) in parts)
        {
            check.Only(part, path, s_partFields);
            var kinds = s_contents.Where(part.ContainsKey).ToList();
            if (kinds.Count > 1) check.Fail($"Invalid value at '{path}' (oneof), oneof field 'data' is already set. Cannot set '{kinds[1]}'");
            if (kinds.Count == 0 && part["thoughtSignature"] is null)
                check.Fail("Unable to submit request because it must have at least one of its data fields initialized: required oneof field 'data' must have one initialized field");
            ReadPart(part, kinds.FirstOrDefault(), path, isModel, isRunning, text, asked);
        }
        question.Prompt.EndBlock();
        if (question.ToolResults.Count != asked.Count)
            check.Fail("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
        if (!isModel) question.UserText = text.ToString();
    }

    void ReadPart(JsonObject part, string? kind, string path, bool isModel, bool isRunning, StringBuilder text, List<string> asked)
    {
        var isThought = check.Flag(part, "thought", path) == true;
        var signature = check.Text(part, "thoughtSignature", path);
        switch (kind)
        {
            case "text":
                var piece = check.Text(part, "text", path) ?? "";
                if (signature is not null) CheckSignature(signature, AnswerSeals(part), path);
                if (isThought) break;
                text.Append(piece);
                question.Prompt.AddText(piece);
                break;
            case "functionCall" when isModel && check.Object(part, "functionCall", path) is { } call:
                ReadCall(call, signature, path, isRunning);
                break;
            case "functionResponse" when !isModel && check.Object(part, "functionResponse", path) is { } response:
                ReadResult(response, path, asked);
                break;
            case "functionCall" or "functionResponse":
                check.Fail("Please ensure that function call turns are of role model and function response turns of role user.");
                break;
            case "inlineData" or "fileData":
                ReadMedia(check.Object(part, kind, path) ?? [], kind == "inlineData", $"{path}.{kind}");
                break;
        }
    }

    static string AnswerSeals(JsonObject part) => part["thought"] is null ? GeminiReader.AnswerSeal : part["text"]!.ToString();

    void ReadCall(JsonObject call, string? signature, string path, bool isRunning)
    {
        var name = check.Text(call, "name", $"{path}.functionCall", required: true) ?? "";
        if (signature is not null) CheckSignature(signature, name, path);
        else if (needsSignatures && isRunning && _calls.Count == 0)
        {
            check.Fail("Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing "
                + $"thought_signature may lead to degraded model performance. Additional data, function call `default_api:{name}`, position 1.");
        }
        _calls.Add(name);
        question.Prompt.AddText(name);
        question.Prompt.AddText(check.Object(call, "args", $"{path}.functionCall")?.ToJsonString(MockJson.Relaxed));
    }

    void ReadResult(JsonObject response, string path, List<string> asked)
    {
        var name = check.Text(response, "name", $"{path}.functionResponse", required: true) ?? "";
        if (!asked.Contains(name)) check.Fail($"Function response '{name}' does not match a function call of the turn before.");
        var value = check.Object(response, "response", $"{path}.functionResponse", required: true);
        // Clients wrap a plain text in an object, each in its own.
        var wrapped = value?["output"] ?? value?["result"] ?? value?["content"];
        var text = MockJson.IsText(wrapped) ? wrapped!.ToString() : value?.ToJsonString(MockJson.Relaxed) ?? "";
        question.ToolResults.Add((name, text));
        question.Prompt.AddText(text);
    }

    void CheckSignature(string signature, string seal, string path)
    {
        if (MockJson.Base64(signature) is not { } bytes)
            check.Fail($"Invalid value at '{path}.thought_signature' (TYPE_BYTES), Base64 decoding failed for \"{signature}\"");
        else if (!MockSeal.IsGood(seal, Convert.ToBase64String(bytes)) && !s_passes.Contains(signature))
            check.Fail("Thought signature is not valid.");
    }

    void ReadMedia(JsonObject media, bool isInline, string path)
    {
        var type = check.Text(media, "mimeType", path, required: isInline) ?? "";
        var source = check.Text(media, isInline ? "data" : "fileUri", path, required: true) ?? "";
        if (isInline && MockJson.Base64(source) is null)
            check.Fail($"Invalid value at '{path}.data' (TYPE_BYTES), Base64 decoding failed for \"{source[..Math.Min(source.Length, 20)]}\"");
        question.Media.Add(type.Split('/')[0] switch { "image" => "image", "audio" => "audio", "video" => "video", _ => "document" });
        question.Prompt.AddMedia(source);
    }

    static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
