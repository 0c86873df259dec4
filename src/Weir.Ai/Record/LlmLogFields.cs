using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>The "ai" object of log records, in the shape that tools of Kong read.</summary>
static class LlmLogFields
{
    /// <summary>Most bytes of a payload that are logged.</summary>
    public const int PayloadBytesMax = 64 * 1024;

    public static void Add(Exchange exchange, LlmCall call, string pluginId, TimeProvider time)
    {
        if (call.Outcome.Target is { } target) exchange.AddLog("ai", () => JsonOf(call, target, pluginId, time));
    }

    static ReadOnlyMemory<byte> JsonOf(LlmCall call, Target target, string pluginId, TimeProvider time)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("proxy");
            if (target.Config.Logging.LogStatistics)
            {
                WriteMeta(json, call, target, pluginId, time);
                WriteUsage(json, call.Outcome, time);
            }
            if (target.Payloads is { } payloads) WritePayload(json, call, payloads);
            json.WriteEndObject();
            if (call.LoggedOriginal is { } original) WriteOriginal(json, original);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>Logs the client's body as it is now, whatever becomes of the call.</summary>
    public static void AddOriginal(Exchange exchange, LlmCall call)
    {
        call.LoggedOriginal = call.Body;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteOriginal(json, call.Body);
            json.WriteEndObject();
        }
        exchange.AddLog("ai", buffer.WrittenMemory);
    }

    static void WriteOriginal(Utf8JsonWriter json, ReadOnlyMemory<byte> body)
    {
        json.WriteStartObject("payload");
        json.WriteString("original_request", Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, PayloadBytesMax)]));
        json.WriteEndObject();
    }

    /// <summary>The request as the client's dialect says it, unless it was changed on the way; then as the provider got it.</summary>
    static void WritePayload(Utf8JsonWriter json, LlmCall call, PayloadLog log)
    {
        var outcome = call.Outcome;
        var isCut = false;
        json.WriteStartObject("payload");
        var request = call.IsRewritten ? outcome.BodySent : call.Body;
        if (call.IsJson) json.WriteText("request", log.Body(request.Span, out isCut));
        var isAnswerCut = false;
        if (outcome.LoggedStream is { } stream) json.WriteText("response", log.Text(stream.Text, stream.IsCut, out isAnswerCut));
        else if (!outcome.LoggedAnswer.IsEmpty) json.WriteText("response", log.Body(outcome.LoggedAnswer.Span, out isAnswerCut));
        if (isCut || isAnswerCut) json.WriteBoolean("truncated", true);
        json.WriteEndObject();
    }

    static void WriteMeta(Utf8JsonWriter json, LlmCall call, Target target, string pluginId, TimeProvider time)
    {
        var outcome = call.Outcome;
        json.WriteStartObject("meta");
        json.WriteString("plugin_id", pluginId);
        json.WriteString("provider_name", target.ProviderText);
        json.WriteString("request_model", outcome.ModelSent);
        json.WriteString("response_model", outcome.ModelServed ?? outcome.ModelSent);
        json.WriteString("model_asked", call.ModelAsked);
        json.WriteString("request_mode", outcome.IsStream ? "stream" : "oneshot");
        if (outcome.EndedTicks != 0) json.WriteNumber("llm_latency", (long)time.GetElapsedTime(outcome.SentTicks, outcome.EndedTicks).TotalMilliseconds);
        if (StreamMetrics.TextOf(outcome.State) is { } state) json.WriteString("stream_state", state);
        if (outcome.ClientLeft) json.WriteBoolean("client_left", true);
        json.WriteNumber("tries", outcome.Tries);
        json.WriteBoolean("complete", outcome.IsComplete);
        if (!outcome.Losses.IsEmpty) json.WriteString("translation_loss", outcome.Losses.ToString());
        json.WriteEndObject();
    }

    static void WriteUsage(Utf8JsonWriter json, LlmOutcome outcome, TimeProvider time)
    {
        json.WriteStartObject("usage");
        if (outcome.Usage is { } usage)
        {
            json.WriteNumber("prompt_tokens", usage.Input);
            json.WriteNumber("completion_tokens", usage.Output);
            json.WriteNumber("total_tokens", usage.Total);
            json.WriteNumber("cached_tokens", usage.CacheRead);
            json.WriteNumber("reasoning_tokens", usage.Reasoning);
            json.WriteBoolean("estimated", usage.IsEstimated);
            if (usage.Output > 0 && outcome.EndedTicks != 0)
                json.WriteNumber("time_per_token", time.GetElapsedTime(outcome.SentTicks, outcome.EndedTicks).TotalMilliseconds / usage.Output);
        }
        if (outcome.FirstContentTicks != 0)
            json.WriteNumber("time_to_first_token", (long)time.GetElapsedTime(outcome.SentTicks, outcome.FirstContentTicks).TotalMilliseconds);
        if (outcome.Cost is { } cost) json.WriteNumber("cost", cost / 1_000_000_000m);
        json.WriteEndObject();
    }
}
