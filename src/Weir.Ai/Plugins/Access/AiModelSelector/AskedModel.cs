using System.Text;
using System.Text.Json;

namespace Weir.Ai.Plugins;

/// <summary>The name of the model that a request gives, wherever it gives it.</summary>
static class AskedModel
{
    const int NameBytesMax = 1024;

    /// <summary>The name; empty when there is none.</summary>
    public static string Of(Exchange exchange, LlmCall call, AiModelSelector.Config config)
    {
        if (config.Source == ModelSource.Header) return exchange.Http.Request.Headers[config.HeaderName!] is [{ } value, ..] ? value.Trim() : "";
        if (config.Source == ModelSource.Path) return exchange.UriCaptures?.GetValueOrDefault(config.PathParam!) ?? "";
        if (call.Surface.Line.Model is { } inPath) return inPath;
        if (!call.IsJson) return OfForm(call.Body.Span, exchange.Http.Request.ContentType, config.BodyPath);
        return (config.BodyPath == "model" ? call.Scan.Model : OfJson(call.Body.Span, config.BodyPath)) ?? "";
    }

    static string? OfJson(ReadOnlySpan<byte> body, string name)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(name);
                reader.Read();
                if (isIt) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is no UTF-8: no model is named.
        }
        return null;
    }

    /// <summary>A field of a form, as audio is sent.</summary>
    static string OfForm(ReadOnlySpan<byte> body, string? contentType, string name)
    {
        if (MultipartForm.BoundaryOf(contentType) is not { } boundary || !MultipartForm.TryRead(body, boundary, out var fields, out _)) return "";
        foreach (var field in fields)
            if (field is { IsFile: false } && field.Name == name && field.Value.Length <= NameBytesMax)
                return Encoding.UTF8.GetString(body.Slice(field.Value.Start, field.Value.Length));
        return "";
    }
}
