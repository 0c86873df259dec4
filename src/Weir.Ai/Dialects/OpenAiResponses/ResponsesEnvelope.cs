using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads what surrounds the output items of a response.</summary>
static class ResponsesEnvelope
{
    /// <summary>The response without its output: it repeats the request, and goes back whole in its own dialect.</summary>
    public static JsonText Of(JsonElement response) => WireJson.Build(json =>
    {
        json.WriteStartObject();
        foreach (var field in response.EnumerateObject())
        {
            if (field.NameEquals("output")) continue;
            json.WritePropertyName(field.Name);
            json.WriteJson(field.Value);
        }
        json.WriteEndObject();
    });

    public static ReplyEvent Start(JsonElement response, JsonText envelope) => new()
    {
        Kind = ReplyEventKind.Started,
        Dialect = DialectName.OpenAiResponses,
        Id = response.TextOf("id"),
        Name = response.TextOf("model"),
        Unix = response.CountOf("created_at"),
        Json = envelope,
    };

    /// <summary>The error of a response that failed or was cancelled, or null.</summary>
    public static LlmError? Failure(JsonElement response) => response.TextOf("status") switch
    {
        "failed" => response.Field("error") is { } error ? ResponsesErrors.Of(error, 0) : new LlmError(LlmErrorKind.Provider, 502, "The provider failed."),
        "cancelled" => new LlmError(LlmErrorKind.Provider, 502, "The response was cancelled.") { Code = "cancelled" },
        _ => null,
    };

    public static void End(JsonElement response, JsonText envelope, ResponsesParts parts, IReplySink sink)
    {
        if (response.Field("usage") is { } usage)
            sink.On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = ResponsesUsage.Read(usage, response) });
        var (stop, word) = StopOf(response, parts);
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = stop, Name = word, Json = envelope });
        sink.On(new ReplyEvent { Kind = ReplyEventKind.Ended });
    }

    static (StopReason Stop, string? Word) StopOf(JsonElement response, ResponsesParts parts)
    {
        var status = response.TextOf("status");
        if (status is null or "completed")
            return (parts.HasCalls ? StopReason.ToolCalls : parts.HasRefused ? StopReason.Refusal : StopReason.EndTurn, null);
        if (status != "incomplete") return (StopReason.Other, status);
        var reason = response.Field("incomplete_details")?.TextOf("reason");
        return reason switch
        {
            "max_output_tokens" => (StopReason.MaxTokens, null),
            "content_filter" => (StopReason.ContentFilter, null),
            _ => (StopReason.Other, reason ?? status),
        };
    }
}
