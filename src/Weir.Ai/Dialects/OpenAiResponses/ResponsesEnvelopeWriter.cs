using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes what surrounds the output items: as it came from a provider of this dialect, or from the request and what is known of the answer.</summary>
sealed class ResponsesEnvelopeWriter(ReplyShape shape)
{
    /// <summary>Fields that answers repeat, where the request has them.</summary>
    static readonly string[] Repeated =
        ["previous_response_id", "truncation", "prompt_cache_key", "safety_identifier", "max_tool_calls", "conversation", "prompt"];

    public bool IsOwn { get; set; }

    public string Id { get; set; } = "";

    public string? Model { get; set; }

    public long Unix { get; set; }

    public TokenUsage? Usage { get; set; }

    public void Start(in ReplyEvent start)
    {
        IsOwn = start.Dialect == DialectName.OpenAiResponses;
        Id = (IsOwn ? start.Id : null) ?? $"resp_{shape.Id}";
        Model = shape.Model ?? start.Name ?? shape.Request?.Model;
        Unix = start.Unix == 0 ? shape.Unix : start.Unix;
    }

    /// <summary>Writes the response.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="status">"in_progress", "completed", "incomplete", "failed".</param>
    /// <param name="own">The response without output, as the provider sent it; empty for none.</param>
    /// <param name="output">Writes the items.</param>
    /// <param name="stop">Why it is incomplete.</param>
    /// <param name="error">Why it failed, or null.</param>
    public void Write(Utf8JsonWriter json, string status, JsonText own, Action<Utf8JsonWriter>? output, StopReason stop = default, LlmError? error = null)
    {
        json.WriteStartObject();
        if (IsOwn && !own.IsEmpty && error is null) WriteOwn(json, own);
        else WriteMade(json, status, stop, error);
        json.WriteStartArray("output"u8);
        output?.Invoke(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    void WriteOwn(Utf8JsonWriter json, JsonText own)
    {
        using var document = JsonDocument.Parse(own.Utf8);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            json.WritePropertyName(field.Name);
            if (shape.Model is { } model && field.NameEquals("model")) json.WriteText(model);
            else json.WriteJson(field.Value);
        }
    }

    void WriteMade(Utf8JsonWriter json, string status, StopReason stop, LlmError? error)
    {
        json.WriteText("id", Id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, Unix);
        json.WriteText("status", status);
        json.WriteBoolean("background"u8, false);
        WriteError(json, error);
        if (status == "incomplete")
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, stop == StopReason.ContentFilter ? "content_filter"u8 : "max_output_tokens"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details"u8);
        }
        json.WriteText("model", Model ?? "");
        WriteRequest(json);
        json.WritePropertyName("usage"u8);
        if (Usage is { } usage && status != "in_progress") ResponsesUsage.Write(json, usage);
        else json.WriteNullValue();
    }

    static void WriteError(Utf8JsonWriter json, LlmError? error)
    {
        if (error is null)
        {
            json.WriteNull("error"u8);
            return;
        }
        json.WriteStartObject("error"u8);
        json.WriteText("code", ResponsesErrors.Code(error));
        json.WriteText("message", error.Message);
        json.WriteEndObject();
    }

    /// <summary>The settings of the request, which clients read back from the answer.</summary>
    void WriteRequest(Utf8JsonWriter json)
    {
        var request = shape.Request ?? new ChatRequest { Dialect = DialectName.OpenAiResponses };
        var settings = new ResponsesSettings(json, request, new Losses());
        var instructions = request.Messages is [{ Role: Role.System, Extras.Count: 0, Parts: [TextPart text] }, ..] ? text.Text : null;
        ResponsesErrors.WriteOrNull(json, "instructions", instructions);
        WriteOrNull(json, "max_output_tokens", request.Sampling.OutputTokensMax);
        json.WriteBoolean("parallel_tool_calls"u8, request.ParallelTools ?? true);
        json.WriteStartObject("reasoning"u8);
        ResponsesErrors.WriteOrNull(json, "effort", request.Reasoning?.Effort);
        ResponsesErrors.WriteOrNull(json, "summary", request.Reasoning?.Summary);
        json.WriteEndObject();
        ResponsesErrors.WriteOrNull(json, "service_tier", Usage?.ServiceTier ?? request.ServiceTier);
        json.WriteBoolean("store"u8, false);
        WriteOrNull(json, "temperature", request.Sampling.Temperature);
        WriteOrNull(json, "top_p", request.Sampling.TopP);
        if (request.Format is not null || request.Extras.Exists(static extra => extra.Name.StartsWith(ResponsesNames.Text, StringComparison.Ordinal)))
            settings.WriteText();
        else json.WriteJson("text", JsonText.Of("""{"format":{"type":"text"}}"""));
        if (request.ToolChoice is not null) settings.WriteToolChoice();
        else json.WriteString("tool_choice"u8, "auto"u8);
        if (request.Tools.Count > 0) settings.WriteTools();
        else json.WriteJson("tools", JsonText.Of("[]"));
        foreach (var name in Repeated)
        {
            var extra = request.Extras.Find(extra => extra.Name == name);
            if (!extra.Value.IsEmpty) json.WriteJson(name, extra.Value);
            else if (name == "truncation") json.WriteString(name, "disabled"u8);
            else if (name is "previous_response_id") json.WriteNull(name);
        }
        ResponsesErrors.WriteOrNull(json, "user", request.User);
        json.WriteStartObject("metadata"u8);
        foreach (var (name, value) in request.Metadata) json.WriteText(name, value);
        json.WriteEndObject();
    }

    static void WriteOrNull(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>The status that a reason to stop gives.</summary>
    /// <summary>A refusal without a part that says it: what looks like an answer here would be taken for one.</summary>
    public static StopReason Plain(StopReason stop, bool hasRefused) => stop == StopReason.Refusal && !hasRefused ? StopReason.ContentFilter : stop;

    public static string StatusOf(StopReason stop) =>
        stop is StopReason.MaxTokens or StopReason.ContextFull or StopReason.ContentFilter ? "incomplete" : "completed";
}
