using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Server;

/// <summary>OpenAI's Realtime API with text alone: answers each response.create by what was said last.</summary>
static class OpenAiRealtime
{
    const int MessageBytesMax = 64 * 1024;

    public static async Task AnswerAsync(HttpContext context)
    {
        var protocol = context.WebSockets.WebSocketRequestedProtocols.Contains("realtime") ? "realtime" : null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol);
        var model = context.Request.Query["model"].ToString();
        await SendAsync(socket, new JsonObject { ["type"] = "session.created", ["session"] = new JsonObject { ["model"] = model } }, context.RequestAborted);
        var said = "";
        var buffer = new byte[MessageBytesMax];
        while (true)
        {
            var count = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(count), context.RequestAborted);
                count += received.Count;
            }
            while (!received.EndOfMessage && count < buffer.Length);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }
            var message = MockJson.Parse(buffer.AsSpan(0, count).ToArray());
            if (message?["item"]?["content"]?[0]?["text"] is { } text) said = text.ToString();
            if ((string?)message?["type"] == "response.create") await RespondAsync(socket, said, context.RequestAborted);
        }
    }

    static async Task RespondAsync(WebSocket socket, string said, CancellationToken gone)
    {
        var answer = $"You said: {said}";
        foreach (var piece in MockReply.Pieces(answer))
            await SendAsync(socket, new JsonObject { ["type"] = "response.output_text.delta", ["delta"] = piece }, gone);
        var (input, output) = (MockTally.TokensOf(said), MockTally.TokensOf(answer));
        var usage = new JsonObject
        {
            ["total_tokens"] = input + output,
            ["input_tokens"] = input,
            ["output_tokens"] = output,
            ["input_token_details"] = new JsonObject { ["text_tokens"] = input, ["audio_tokens"] = 0, ["cached_tokens"] = 0 },
            ["output_token_details"] = new JsonObject { ["text_tokens"] = output, ["audio_tokens"] = 0 },
        };
        var response = new JsonObject { ["object"] = "realtime.response", ["status"] = "completed", ["usage"] = usage };
        await SendAsync(socket, new JsonObject { ["type"] = "response.done", ["response"] = response }, gone);
    }

    static Task SendAsync(WebSocket socket, JsonObject message, CancellationToken gone) =>
        socket.SendAsync(MockJson.Bytes(message).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, gone).AsTask();
}
