using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Reads and checks a request of Chat Completions. Fields that OpenAI does not know are refused for OpenAI's models only: others have more.</summary>
/// <param name="body">The request.</param>
/// <param name="check">Where problems go.</param>
/// <param name="deployment">Azure's name of the model, from the path; empty for none.</param>
sealed class OpenAiChatReader(JsonObject body, MockCheck check, string deployment)
{
    static readonly FrozenSet<string> s_fields = FrozenSet.Create(
        "model", "messages", "moderation", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
        "max_tokens", "metadata", "modalities", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature",
        "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options");

    static readonly FrozenSet<string> s_streamFields = FrozenSet.Create("include_usage", "include_obfuscation");

    const int ChoicesMax = 128;
    const int StopsMax = 4;

    readonly MockQuestion _question = new();

    public MockQuestion Read()
    {
        _question.Model = check.Text(body, "model", "", deployment.Length == 0) ?? deployment;
        var models = OpenAiModels.Of(_question.Model);
        if (models.IsOpenAi) check.Only(body, "", s_fields);
        new OpenAiTools(body, check, models, _question).Read();
        new OpenAiMessages(check, models, _question).Read(check.Array(body, "messages", "", required: true));
        ReadSampling(models);
        ReadFormat(models);
        ReadStream();
        return _question;
    }

    void ReadSampling(OpenAiModels models)
    {
        var temperature = check.Number(body, "temperature", "", 0, 2);
        var topP = check.Number(body, "top_p", "", 0, 1);
        check.Number(body, "frequency_penalty", "", -2, 2);
        check.Number(body, "presence_penalty", "", -2, 2);
        check.Integer(body, "seed", "");
        check.Text(body, "user", "");
        check.Flag(body, "store", "");
        _question.Choices = Math.Max(1, check.Integer(body, "n", "", min: 1, max: ChoicesMax) ?? 1);
        _question.Logprobs = check.Flag(body, "logprobs", "") ?? false;
        if (check.Integer(body, "top_logprobs", "", min: 0, max: 20) is not null && !_question.Logprobs)
            check.Fail("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs");
        var old = check.Integer(body, "max_tokens", "", min: 1);
        var max = check.Integer(body, "max_completion_tokens", "", min: 1);
        if (old is not null && max is not null)
            check.Fail("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens", "invalid_parameter_combination");
        _question.OutputTokensMax = max ?? old;
        var effort = check.OneOf(body, "reasoning_effort", "", false, "none", "minimal", "low", "medium", "high", "xhigh", "max");
        if (effort is not null && models is { IsOpenAi: true, Reasons: false })
            check.Fail("Unrecognized request argument supplied: reasoning_effort", "reasoning_effort");
        _question.Reasons = effort is not (null or "none");
        if (models is { IsOpenAi: true, Reasons: true })
        {
            if (old is not null)
                Unsupported("max_tokens", "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "unsupported_parameter");
            if (temperature is not (null or 1)) Unsupported("temperature", OnlyDefault("temperature", temperature.Value), "unsupported_value");
            if (topP is not (null or 1)) Unsupported("top_p", OnlyDefault("top_p", topP.Value), "unsupported_value");
        }
        ReadStops();
    }

    static string OnlyDefault(string name, double value) => $"'{name}' does not support {value} with this model. Only the default (1) value is supported.";

    void Unsupported(string name, string text, string code) =>
        check.Fail($"Unsupported {(code == "unsupported_value" ? "value" : "parameter")}: {text}", name, code);

    void ReadStops()
    {
        if (MockJson.IsText(body["stop"]))
        {
            _question.Stops.Add(body["stop"]!.GetValue<string>());
            return;
        }
        var stops = check.Array(body, "stop", "");
        if (stops?.Count > StopsMax)
            check.Fail($"Invalid 'stop': array too long. Expected an array with maximum length {StopsMax}, but got {stops.Count}.", "stop");
        _question.Stops.AddRange(check.Texts(stops, "stop"));
    }

    void ReadFormat(OpenAiModels models)
    {
        if (check.Object(body, "response_format", "") is not { } format) return;
        switch (check.OneOf(format, "type", "response_format", true, "json_object", "json_schema", "text"))
        {
            case "json_object":
                _question.WantsJson = true;
                if (!body["messages"]!.ToJsonString().Contains("json", StringComparison.OrdinalIgnoreCase))
                {
                    check.Fail("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages");
                }
                break;
            case "json_schema":
                _question.WantsJson = true;
                _question.Schema = OpenAiSchemas.Read(check.Object(format, "json_schema", "response_format", required: true), check,
                    "response_format.json_schema", models.IsOpenAi);
                break;
        }
    }

    void ReadStream()
    {
        _question.IsStream = check.Flag(body, "stream", "") ?? false;
        if (check.Object(body, "stream_options", "") is not { } options) return;
        if (!_question.IsStream) check.Fail("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        check.Only(options, "stream_options", s_streamFields);
        _question.AsksUsage = check.Flag(options, "include_usage", "stream_options") ?? false;
    }
}
