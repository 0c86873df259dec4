using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>OpenAI's Realtime API through the gateway.</summary>
public sealed class RealtimeTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System, requiresKey: true);
    readonly string _ledger = Directory.CreateTempSubdirectory("weir-ledger").FullName;

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        Directory.Delete(_ledger, recursive: true);
    }

    [Fact]
    public async Task Talks_with_the_model_and_counts_every_answer()
    {
        await using var gateway = await StartAsync(_mock.Address);
        using var socket = await ConnectAsync(gateway, "m");
        Assert.Equal("the-real-one", (string?)(await ReceiveAsync(socket))["session"]!["model"]);
        var text = await AskAsync(socket, "Hello there");
        Assert.Equal("You said: Hello there", text);
        // Each answer is in the ledger before its end is out, and the session is still open.
        Assert.Equal((3, 6, "the-real-one", "ok"), Assert.Single(Records()));
        Assert.Equal("You said: Once more", await AskAsync(socket, "Once more"));
        Assert.Equal([(3, 6, "the-real-one", "ok"), (3, 5, "the-real-one", "ok")], Records());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await Poll.UntilAsync(async () => await BudgetRig.MetricAsync(gateway, Tokens) == 17, "the sum of the session");
        Assert.Equal(2, Records().Count);
    }

    [Fact]
    public async Task A_session_that_asked_nothing_is_in_the_ledger_too()
    {
        await using var gateway = await StartAsync(_mock.Address);
        using var socket = await ConnectAsync(gateway, "m");
        await ReceiveAsync(socket);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await Poll.UntilAsync(() => Task.FromResult(Records().Count == 1), "a usage record");
        Assert.Equal((0, 0, "the-real-one", "ok"), Records()[0]);
    }

    [Fact]
    public async Task A_session_that_no_budget_has_room_for_is_refused()
    {
        await using var gateway = await StartAsync(_mock.Address, "{name: tiny, applies_to: everyone, counts: completion_tokens, limit: '100'}");
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, "m"));
        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_when_a_budget_has_no_room_for_its_next_answer()
    {
        // An answer reserves 4096 tokens. The first one leaves that many, the second one does not.
        await using var gateway = await StartAsync(
            _mock.Address, "{name: talk, applies_to: everyone, counts: completion_tokens, limit: '4105', window_type: lifetime}");
        using var socket = await ConnectAsync(gateway, "m");
        await ReceiveAsync(socket);
        await AskAsync(socket, "Hello there");
        const string Used = """weir_budget_used_ratio{budget="talk",value=""}""";
        Assert.Equal(6 / 4105.0, await BudgetRig.MetricAsync(gateway, Used), 5);
        Assert.Equal("You said: Once more", await AskAsync(socket, "Once more"));
        var error = await ReceiveAsync(socket);
        Assert.Equal(("error", "budget_exceeded", "the budget 'talk' is used up"),
            ((string)error["type"]!, (string)error["error"]!["code"]!, (string)error["error"]!["message"]!));
        await socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "the budget 'talk' is used up"), (socket.CloseStatus, socket.CloseStatusDescription));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(11 / 4105.0, await BudgetRig.MetricAsync(gateway, Used), 5);
        Assert.Equal(2, Records().Count);
        await Poll.UntilAsync(async () => await BudgetRig.MetricAsync(gateway, Tokens) == 17, "the sum of the session");
        Assert.Equal(1, await BudgetRig.MetricAsync(gateway, "weir_budget_streams_ended_total"));
        // What the session held is given back: nothing is reserved any more.
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, "m"));
        Assert.Equal(11 / 4105.0, await BudgetRig.MetricAsync(gateway, Used), 5);
    }

    [Fact]
    public async Task A_session_goes_on_over_a_soft_limit_and_counts_as_one_request()
    {
        await using var gateway = await StartAsync(_mock.Address,
            "{name: soft, applies_to: everyone, counts: completion_tokens, soft_limit: '8'}",
            "{name: calls, applies_to: everyone, counts: requests, limit: '1', window_type: lifetime}");
        using var socket = await ConnectAsync(gateway, "m");
        await ReceiveAsync(socket);
        for (var i = 0; i < 3; i++) Assert.Equal("You said: Hello there", await AskAsync(socket, "Hello there"));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, "m"));
        Assert.Equal(1, await BudgetRig.MetricAsync(gateway, """weir_budget_alerts_total{budget="soft",threshold="soft_limit"}"""));
    }

    [Fact]
    public async Task A_clients_key_never_reaches_the_provider()
    {
        IHeaderDictionary? seen = null;
        await using var provider = await AppUpstream.StartAsync(context =>
        {
            seen = new HeaderDictionary(context.Request.Headers.ToDictionary());
            context.Response.StatusCode = 403;
            return context.Response.WriteAsync("""{"error":{"message":"no","type":"invalid_request_error"}}""");
        });
        await using var gateway = await StartAsync(provider.Address);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, "m"));
        Assert.Equal("Bearer key-of-the-gateway", seen!.Authorization);
        Assert.Equal("realtime", seen.SecWebSocketProtocol);
        Assert.DoesNotContain(seen, static header => header.Value.ToString().Contains("key-of-the-client", StringComparison.Ordinal));
        Assert.Equal(0, seen.SecWebSocketExtensions.Count);
    }

    [Theory]
    [InlineData("another-model")]
    public async Task A_model_that_the_route_does_not_offer_is_refused(string model)
    {
        await using var gateway = await StartAsync(_mock.Address);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, model));
        Assert.Contains("400", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_leaves_ends_the_clients_connection()
    {
        await using var provider = await AppUpstream.StartAsync(static async context =>
        {
            var socket = await context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpUpgradeFeature>()!.UpgradeAsync();
            await socket.DisposeAsync();
            context.Abort();
        });
        await using var gateway = await StartAsync(provider.Address);
        // Without a handshake's key in the answer, or after it: nobody waits for ever.
        await Assert.ThrowsAnyAsync<Exception>(async () => await ReceiveAsync(await ConnectAsync(gateway, "m")));
    }

    const string Tokens = "kong_ai_llm_tokens_total{ai_provider=\"openai\",ai_model=\"the-real-one\",cache_status=\"\",vector_db=\"\","
        + "embeddings_provider=\"\",embeddings_model=\"\",request_mode=\"oneshot\",workspace=\"default\",consumer=\"\",token_type=\"total_tokens\"}";

    List<(long Input, long Output, string? Model, string Outcome)> Records() =>
        [.. new UsageReader(_ledger).Read().Select(static record => (record.Tokens.Input, record.Tokens.Output, record.ModelServed, record.Outcome))];

    Task<TestGateway> StartAsync(string provider, params string[] budgets) => TestGateway.StartAsync($$"""
        _format_version: "3.0"
        budgets: [{{string.Join(", ", budgets)}}]
        routes:
        - name: realtime
          paths: [/v1/realtime]
          strip_path: false
        plugins:
        - name: ai-proxy-advanced
          config:
            targets:
            - route_type: realtime/v1/realtime
              auth: {header_name: Authorization, header_value: Bearer key-of-the-gateway}
              model: {provider: openai, name: the-real-one, model_alias: m, options: {upstream_url: "{{provider}}"} }
        """, settings => settings with { UsageLedger = _ledger });

    static async Task<ClientWebSocket> ConnectAsync(TestGateway gateway, string model)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("realtime");
        socket.Options.AddSubProtocol("openai-insecure-api-key.key-of-the-client");
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Proxy.Port}/v1/realtime?model={model}"), CancellationToken.None);
        return socket;
    }

    static async Task<string> AskAsync(ClientWebSocket socket, string text)
    {
        var item = new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = text }) };
        await SendAsync(socket, new JsonObject { ["type"] = "conversation.item.create", ["item"] = item });
        await SendAsync(socket, new JsonObject { ["type"] = "response.create" });
        var answer = "";
        while (true)
        {
            var message = await ReceiveAsync(socket);
            if ((string?)message["type"] == "response.done") return answer;
            answer += (string?)message["delta"];
        }
    }

    static Task SendAsync(ClientWebSocket socket, JsonObject message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()).AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None).AsTask();

    static async Task<JsonNode> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        return JsonNode.Parse(buffer.AsSpan(0, received.Count)) ?? throw new InvalidOperationException("no message");
    }
}
