using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Weir.Server;

/// <summary>An upstream that shows what it got, and misbehaves on request. For first steps, demonstrations and tests.</summary>
sealed class MockServer : IAsyncDisposable
{
    const int SecondsMax = 300;
    const int PiecesMax = 10_000;
    const int BytesMax = 100_000_000;

    readonly PlainServer _server;
    readonly TimeProvider _time;
    readonly MockLlm _llm;

    /// <param name="listen">Address and port; port 0 for any free one.</param>
    /// <param name="time">For delays.</param>
    /// <param name="requiresKey">Mocks of model providers answer 401 without a key.</param>
    public MockServer(string listen, TimeProvider time, bool requiresKey = false)
    {
        _time = time;
        _llm = new MockLlm(requiresKey, time);
        var webSockets = new WebSocketMiddleware(HandleAsync, Options.Create(new WebSocketOptions()), NullLoggerFactory.Instance);
        _server = new PlainServer(
            kestrel => kestrel.Listen(IPEndPoint.Parse(listen), static options => options.Protocols = HttpProtocols.Http1),
            webSockets.Invoke, NullLoggerFactory.Instance);
    }

    public string Address => _server.Addresses.First();

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task HandleAsync(HttpContext context)
    {
        var segments = (context.Request.Path.Value ?? "/").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var number = segments.Length > 1 && int.TryParse(segments[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;
        switch (segments.FirstOrDefault())
        {
            case "delay" when number is >= 0 and <= SecondsMax:
                await Task.Delay(TimeSpan.FromSeconds(number), _time, context.RequestAborted);
                await EchoAsync(context);
                break;
            case "status" when number is >= 200 and <= 599:
                context.Response.StatusCode = number;
                break;
            case "stream" when number is >= 0 and <= PiecesMax:
                await StreamAsync(context, number);
                break;
            case "bytes" when number is >= 0 and <= BytesMax:
                await BytesAsync(context, number);
                break;
            case "drip":
                await DripAsync(context);
                break;
            case not null when context.WebSockets.IsWebSocketRequest && segments[^1] == "realtime":
                await _llm.AnswerRealtimeAsync(context);
                break;
            case "ws" when context.WebSockets.IsWebSocketRequest:
                await MockWebSocket.EchoAsync(context);
                break;
            case "anything":
                await EchoAsync(context);
                break;
            default:
                if (!await _llm.TryAnswerAsync(context)) await EchoAsync(context);
                break;
        }
    }

    static async Task EchoAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = new JsonObject();
        foreach (var (name, values) in request.Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase)) headers[name] = values.ToString();
        var echo = new JsonObject
        {
            ["method"] = request.Method,
            ["url"] = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            ["headers"] = headers,
            ["body"] = body,
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(echo.ToJsonString(Indented) + "\n", context.RequestAborted);
    }

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    static async Task StreamAsync(HttpContext context, int lines)
    {
        context.Response.ContentType = "application/json";
        for (var i = 0; i < lines; i++)
        {
            await context.Response.WriteAsync($"{{\"id\":{i}}}\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    static async Task BytesAsync(HttpContext context, int count)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = count;
        var piece = new byte[16 * 1024];
        Array.Fill(piece, (byte)'x');
        for (var left = count; left > 0; left -= piece.Length)
            await context.Response.Body.WriteAsync(piece.AsMemory(0, Math.Min(left, piece.Length)), context.RequestAborted);
    }

    async Task DripAsync(HttpContext context)
    {
        var bytes = Math.Clamp(Query("numbytes", 10), 0, PiecesMax);
        var duration = TimeSpan.FromSeconds(Math.Clamp(Query("duration", 2), 0, SecondsMax));
        await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(Query("delay", 0), 0, SecondsMax)), _time, context.RequestAborted);
        context.Response.ContentLength = bytes;
        for (var i = 0; i < bytes; i++)
        {
            await context.Response.WriteAsync("*", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (i < bytes - 1) await Task.Delay(duration / Math.Max(1, bytes - 1), _time, context.RequestAborted);
        }

        int Query(string name, int otherwise) =>
            int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
    }
}
