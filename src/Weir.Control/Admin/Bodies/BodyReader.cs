using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Weir.Config;

namespace Weir.Control;

/// <summary>Reads bodies of requests: JSON, or a form in either encoding.</summary>
static class BodyReader
{
    const int FormFieldsMax = 10_000;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Reply TooLarge { get; } = Reply.Message(413, "Payload too large");

    static readonly Reply WrongType = Reply.Message(
        415, "Unsupported media type: expected application/json, application/x-www-form-urlencoded or multipart/form-data");

    /// <summary>The body as a record.</summary>
    /// <param name="call">The request.</param>
    /// <param name="kind">What it should be: forms say nothing of types.</param>
    /// <param name="plugin">The plugin whose settings it may hold, when the body does not say.</param>
    public static async Task<(MapNode? Body, Reply? Problem)> ReadAsync(AdminCall call, ControlKind? kind, string? plugin)
    {
        if (!MediaTypeHeaderValue.TryParse(call.Http.Request.ContentType, out var type))
        {
            if (call.Http.Request.ContentType is { Length: > 0 } || await HasBodyAsync(call)) return (null, WrongType);
            return (new MapNode(default, []), null);
        }
        if (IsForm(type)) return await ReadFormAsync(call, kind, plugin);
        if (!IsJson(type)) return (null, WrongType);
        var (text, problem) = await ReadTextAsync(call);
        if (text is null) return (null, problem);
        if (string.IsNullOrWhiteSpace(text)) return (new MapNode(default, []), null);
        var (node, broken) = ReadJson(text);
        if (node is MapNode map) return (map, null);
        return (null, broken ?? Reply.Of(Refusal.Violation("", "expected a record")));
    }

    /// <summary>JSON of any form.</summary>
    public static (Node? Node, Reply? Problem) ReadJson(string text)
    {
        var report = new Report(1);
        var node = JsonText.Read("body", text, new ReadLimits(), report);
        if (report.Errors == 0 && node is not null) return (node, null);
        var body = new System.Text.Json.Nodes.JsonObject { ["message"] = "Cannot parse JSON body" };
        if (report.Problems() is [var first, ..]) body["detail"] = $"line {first.Place.Line}, column {first.Place.Column}: {first.Message}";
        return (null, Reply.Json(400, body));
    }

    /// <summary>The body as text, when it is not longer than the operation allows.</summary>
    public static async Task<(string? Text, Reply? Problem)> ReadTextAsync(AdminCall call)
    {
        var bytesMax = call.Operation.BodyBytesMax;
        Allow(call.Http, bytesMax);
        if (call.Http.Request.ContentLength > bytesMax) return (null, TooLarge);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await call.Http.Request.Body.ReadAsync(buffer, call.Aborted)) > 0)
        {
            if (bytes.Length + read > bytesMax) return (null, TooLarge);
            bytes.Write(buffer, 0, read);
        }
        try
        {
            return (Strict.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Reply.Message(400, "the body is not UTF-8"));
        }
    }

    public static bool IsForm(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        || type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    public static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The fields of a form.</summary>
    public static async Task<(IReadOnlyList<(string Name, string Value)>? Fields, Reply? Problem)> ReadFieldsAsync(AdminCall call)
    {
        var bytesMax = call.Operation.BodyBytesMax;
        Allow(call.Http, bytesMax);
        if (call.Http.Request.ContentLength > bytesMax) return (null, TooLarge);
        var options = new FormOptions
        {
            BufferBody = false,
            BufferBodyLengthLimit = bytesMax,
            MemoryBufferThreshold = (int)bytesMax,
            MultipartBodyLengthLimit = bytesMax,
            ValueLengthLimit = (int)bytesMax,
            ValueCountLimit = FormFieldsMax,
        };
        try
        {
            var form = await new FormFeature(call.Http.Request, options).ReadFormAsync(call.Aborted);
            List<(string, string)> fields = [.. form.SelectMany(static field => field.Value.Select(value => (field.Key, value ?? "")))];
            foreach (var file in form.Files)
            {
                using var reader = new StreamReader(file.OpenReadStream(), Strict);
                fields.Add((file.Name, await reader.ReadToEndAsync(call.Aborted)));
            }
            return (fields, null);
        }
        catch (Exception broken) when (broken is InvalidDataException or DecoderFallbackException or IOException and not BadHttpRequestException)
        {
            return (null, Reply.Message(400, "Cannot parse form body: " + broken.Message));
        }
    }

    static async Task<(MapNode? Body, Reply? Problem)> ReadFormAsync(AdminCall call, ControlKind? kind, string? plugin)
    {
        var (fields, problem) = await ReadFieldsAsync(call);
        return fields is null ? (null, problem) : (FormNodes.Of(fields, kind, plugin, call.Plane.Parts.Read), null);
    }

    static async Task<bool> HasBodyAsync(AdminCall call)
    {
        if (call.Http.Request.ContentLength is { } length) return length > 0;
        return await call.Http.Request.Body.ReadAsync(new byte[1], call.Aborted) > 0;
    }

    /// <summary>The server's own limit is for all requests; this one may have a longer body.</summary>
    static void Allow(HttpContext context, long bytesMax)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytesMax;
    }
}
