using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Reads and checks a generateContent request, its names already in camel case.</summary>
sealed class GeminiReader(JsonObject body, MockCheck check, string model)
{
    /// <summary>What the signature on a text part stands for.</summary>
    public const string AnswerSeal = "answer";

    static readonly FrozenSet<string> s_fields = FrozenSet.Create(
        "contents", "tools", "toolConfig", "safetySettings", "systemInstruction", "generationConfig", "cachedContent", "labels", "model", "serviceTier",
        "store", "modelArmorConfig");

    static readonly FrozenSet<string> s_configFields = FrozenSet.Create(
        "stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema", "responseModalities", "candidateCount", "maxOutputTokens", "temperature",
        "topP", "topK", "seed", "presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "enableEnhancedCivicAnswers", "speechConfig",
        "thinkingConfig", "mediaResolution", "imageConfig", "audioTimestamp", "routingConfig", "modelSelectionConfig", "responseFormat");

    static readonly FrozenSet<string> s_thinkingFields = FrozenSet.Create("includeThoughts", "thinkingBudget", "thinkingLevel");

    const int StopsMax = 5;

    readonly MockQuestion _question = new() { Model = model };

    /// <summary>The third generation needs the signatures of its thoughts back.</summary>
    public static bool NeedsSignatures(string model) => model.StartsWith("gemini-3", StringComparison.Ordinal);

    public MockQuestion Read(bool isStream)
    {
        _question.IsStream = isStream;
        check.Only(body, "", s_fields);
        new GeminiTools(body, check, _question).Read();
        ReadSystem();
        ReadConfig(check.Object(body, "generationConfig", "") ?? []);
        new GeminiTurns(check, _question, NeedsSignatures(model)).Read(check.Array(body, "contents", "", required: true));
        return _question;
    }

    void ReadSystem()
    {
        if (check.Object(body, "systemInstruction", "") is not { } system) return;
        foreach (var (part, path) in check.Objects(check.Array(system, "parts", "systemInstruction", required: true), "systemInstruction.parts"))
        {
            var text = check.Text(part, "text", path, required: true) ?? "";
            _question.System.Add(text);
            _question.Prompt.AddText(text);
        }
        _question.Prompt.EndBlock();
    }

    void ReadConfig(JsonObject config)
    {
        const string path = "generationConfig";
        check.Only(config, path, s_configFields);
        check.Number(config, "temperature", path, 0, 2);
        check.Number(config, "topP", path, 0, 1);
        check.Number(config, "topK", path, 1, 1000);
        check.Number(config, "presencePenalty", path, -2, 2);
        check.Number(config, "frequencyPenalty", path, -2, 2);
        check.Integer(config, "seed", path);
        check.Integer(config, "candidateCount", path, min: 1, max: 8);
        _question.OutputTokensMax = check.Integer(config, "maxOutputTokens", path, min: 1);
        var stops = check.Array(config, "stopSequences", path);
        if (stops?.Count > StopsMax) check.Fail($"stop_sequences: at most {StopsMax} are allowed.");
        _question.Stops.AddRange(check.Texts(stops, $"{path}.stopSequences"));
        foreach (var modality in check.Texts(check.Array(config, "responseModalities", path), $"{path}.responseModalities"))
        {
            if (modality.ToUpperInvariant() is not ("TEXT" or "IMAGE" or "AUDIO")) check.Fail($"Invalid value at '{path}.response_modalities', \"{modality}\"");
        }
        ReadFormat(config, path);
        if (check.Object(config, "thinkingConfig", path) is { } thinking) ReadThinking(thinking, $"{path}.thinkingConfig");
    }

    void ReadFormat(JsonObject config, string path)
    {
        var type = check.Text(config, "responseMimeType", path);
        if (type is not (null or "text/plain" or "application/json" or "text/x.enum"))
            check.Fail($"* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, got {type}");
        _question.WantsJson = type == "application/json";
        var schema = check.Object(config, "responseSchema", path);
        if (schema is not null) GeminiTools.CheckSchema(schema, check, $"{path}.responseSchema");
        var asJson = check.Object(config, "responseJsonSchema", path);
        if (schema is not null && asJson is not null) check.Fail("response_schema and response_json_schema cannot both be set.");
        _question.Schema = schema ?? asJson;
        if (_question.Schema is not null && type is null or "text/plain")
            check.Fail("* GenerateContentRequest.generation_config.response_schema: only allowed when response_mime_type is `application/json`");
        if (_question.WantsJson && _question.Tools.Count > 0 && !NeedsSignatures(model))
            check.Fail("Function calling with a response mime type: 'application/json' is unsupported");
    }

    void ReadThinking(JsonObject thinking, string path)
    {
        check.Only(thinking, path, s_thinkingFields);
        var budget = check.Integer(thinking, "thinkingBudget", path, min: -1);
        var level = check.Text(thinking, "thinkingLevel", path);
        if (level is not null && level.ToLowerInvariant() is not ("minimal" or "low" or "medium" or "high" or "thinking_level_unspecified"))
            check.Fail($"Invalid value at '{path}.thinking_level', \"{level}\"");
        if (budget is not null && level is not null) check.Fail("You can only set only one of thinking budget and thinking level.");
        if (level is not null && !NeedsSignatures(model)) check.Fail("Thinking level is not supported for this model.");
        _question.ShowsThoughts = check.Flag(thinking, "includeThoughts", path) ?? false;
        _question.Reasons = budget != 0 && level?.ToLowerInvariant() != "minimal";
    }
}
