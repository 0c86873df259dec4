using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Spans and metrics of calls to models at a collector, over real OTLP/HTTP.</summary>
public sealed class OtlpTests : IAsyncLifetime
{
    const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const string ClientSpan = "00f067aa0ba902b7";

    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task A_collector_gets_the_span_and_the_metrics_of_a_call()
    {
        await using var collector = await Collector.StartAsync();
        await using (var gateway = await StartAsync(collector, _mock.Address))
        {
            using var whole = await AskAsync(gateway, "Hello", stream: false);
            using var stream = await AskAsync(gateway, "Hello", stream: true);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (whole.StatusCode, stream.StatusCode));
            await stream.Content.ReadAsStringAsync();
        }
        // Other tests' gateways export here, too: a process has one set of sources.
        var spans = collector.Spans.Where(static span => Protobuf.Hex(span, 1) == Trace).ToList();
        Assert.Equal(2, spans.Count);
        foreach (var span in spans)
        {
            Assert.Equal(("chat gpt-otlp", ClientSpan), (Protobuf.Text(span, 5), Protobuf.Hex(span, 4)));
            var attributes = Protobuf.Attributes(span, 9);
            Assert.Equal("chat", attributes["gen_ai.operation.name"]);
            Assert.Equal("openai", attributes["gen_ai.provider.name"]);
            Assert.Equal("gpt-otlp", attributes["gen_ai.request.model"]);
            Assert.Equal("gpt-otlp", attributes["gen_ai.response.model"]);
            Assert.Equal("2", attributes["gen_ai.usage.input_tokens"]);
            Assert.Equal("4", attributes["gen_ai.usage.output_tokens"]);
            Assert.Equal("127.0.0.1", attributes["server.address"]);
            Assert.DoesNotContain("error.type", attributes);
        }
        string[] expected =
        [
            "gen_ai.client.operation.duration", "gen_ai.client.token.usage", "gen_ai.server.time_to_first_token", "gen_ai.server.time_per_output_token",
        ];
        Assert.Subset(collector.Metrics.Select(static metric => Protobuf.Text(metric, 1)).ToHashSet(), expected.ToHashSet());
        Assert.Contains("x-otlp-key=secret", collector.Headers);
    }

    [Fact]
    public async Task A_provider_gets_the_calls_span_as_its_parent_and_a_failure_is_told()
    {
        string? seen = null;
        await using var provider = await AppUpstream.StartAsync(context =>
        {
            seen = context.Request.Headers.TraceParent;
            context.Response.StatusCode = 500;
            return context.Response.WriteAsJsonAsync(new { error = new { message = "broken", type = "server_error" } });
        });
        await using var collector = await Collector.StartAsync();
        await using (var gateway = await StartAsync(collector, provider.Address))
        {
            using var answer = await AskAsync(gateway, "Hello", stream: false);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        }
        var span = Assert.Single(collector.Spans, span => seen!.Contains(Protobuf.Hex(span, 2), StringComparison.Ordinal));
        Assert.Equal($"00-{Trace}-{Protobuf.Hex(span, 2)}-01", seen);
        Assert.Equal("500", Protobuf.Attributes(span, 9)["error.type"]);
    }

    [Fact]
    public async Task Without_a_collector_the_clients_own_trace_goes_on()
    {
        string? seen = null;
        await using var provider = await AppUpstream.StartAsync(context =>
        {
            seen = context.Request.Headers.TraceParent;
            return context.Response.WriteAsJsonAsync(new { choices = Array.Empty<object>() });
        });
        await using var gateway = await TestGateway.StartAsync(Document(provider.Address));
        using var answer = await AskAsync(gateway, "Hello", stream: false);
        Assert.StartsWith($"00-{Trace}-", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:4318")]
    [InlineData("ftp://localhost")]
    [InlineData("/v1")]
    public async Task An_address_that_is_none_refuses_the_start(string endpoint)
    {
        var refused = await Assert.ThrowsAsync<FormatException>(
            () => TestGateway.StartAsync(Document(_mock.Address), settings => settings with { OtlpEndpoint = endpoint }));
        Assert.Contains("otlp_endpoint", refused.Message, StringComparison.Ordinal);
    }

    static Task<TestGateway> StartAsync(Collector collector, string provider) => TestGateway.StartAsync(
        Document(provider), settings => settings with { OtlpEndpoint = collector.Address, OtlpHeaders = ["x-otlp-key=secret"] });

    static Task<HttpResponseMessage> AskAsync(TestGateway gateway, string text, bool stream)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "gpt-otlp", stream, messages = new[] { new { role = "user", content = text } } }),
        };
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{Trace}-{ClientSpan}-01");
        return gateway.Client.SendAsync(request);
    }

    static string Document(string provider) => $$"""
        _format_version: "3.0"
        routes:
        - name: models
          paths: [/v1]
          strip_path: false
        plugins:
        - name: ai-proxy
          config: {model: {provider: openai, name: gpt-otlp, options: {upstream_url: "{{provider}}"} } }
        """;

    /// <summary>A collector that keeps what it gets.</summary>
    sealed class Collector(AppUpstream server, ConcurrentQueue<(string Path, byte[] Body)> got, ConcurrentQueue<string> headers) : IAsyncDisposable
    {
        public string Address => server.Address;

        public IEnumerable<string> Headers => headers;

        /// <summary>resource_spans, scope_spans, spans.</summary>
        public IEnumerable<ReadOnlyMemory<byte>> Spans => At("/v1/traces");

        /// <summary>resource_metrics, scope_metrics, metrics.</summary>
        public IEnumerable<ReadOnlyMemory<byte>> Metrics => At("/v1/metrics");

        public static async Task<Collector> StartAsync()
        {
            var got = new ConcurrentQueue<(string, byte[])>();
            var headers = new ConcurrentQueue<string>();
            var server = await AppUpstream.StartAsync(async context =>
            {
                var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                got.Enqueue((context.Request.Path.Value!, body.ToArray()));
                headers.Enqueue("x-otlp-key=" + context.Request.Headers["x-otlp-key"]);
            });
            return new Collector(server, got, headers);
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();

        IEnumerable<ReadOnlyMemory<byte>> At(string path) =>
            got.Where(post => post.Path == path).SelectMany(static post => Protobuf.At(post.Body, 1, 2, 2));
    }
}
