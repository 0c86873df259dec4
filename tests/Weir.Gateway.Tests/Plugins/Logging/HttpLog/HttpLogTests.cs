using System.Text.Json;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins;

public sealed class HttpLogTests : IAsyncDisposable
{
    readonly LoggingHouse _house = new();
    readonly HttpSink _sink = new();

    string Name => $"http-log 127.0.0.1:{_sink.Port}";

    [Fact]
    public async Task Posts_the_record_of_a_request()
    {
        var harness = new PluginHarness(Create());
        await harness.GetAsync("/x?y=1");
        var got = await _sink.NextAsync();
        Assert.Equal("POST /logs?q=search HTTP/1.1", got.Line);
        Assert.Equal("application/json", got.Headers["Content-Type"]);
        using var record = JsonDocument.Parse(got.Body);
        Assert.Equal("/x?y=1", record.RootElement.GetProperty("request").GetProperty("uri").GetString());
        Assert.Equal(200, record.RootElement.GetProperty("response").GetProperty("status").GetInt32());
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal(1, _house.Entries(Name, "delivered"));
    }

    [Fact]
    public async Task Records_refusals_of_other_plugins_too()
    {
        var harness = new PluginHarness(new Refuser(), Create());
        await harness.GetAsync("/");
        using var record = JsonDocument.Parse((await _sink.NextAsync()).Body);
        Assert.Equal("exit", record.RootElement.GetProperty("source").GetString());
        Assert.Equal(403, record.RootElement.GetProperty("response").GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task Sends_with_the_method_content_type_and_headers_of_its_configuration(string method)
    {
        Log(Create($$"""
            "method": "{{method}}", "content_type": "application/json; charset=utf-8", "headers": { "Authorization": "Splunk token", "X-Two": "b" }
            """));
        var got = await _sink.NextAsync();
        Assert.StartsWith(method + " ", got.Line);
        Assert.Equal("application/json; charset=utf-8", got.Headers["Content-Type"]);
        Assert.Equal(("Splunk token", "b"), (got.Headers["Authorization"], got.Headers["X-Two"]));
    }

    [Fact]
    public async Task User_and_password_of_the_url_become_basic_authorization()
    {
        Log(_house.Create<HttpLog, HttpLog.Config>($$"""{ "http_endpoint": "http://us%3Aer:pass@127.0.0.1:{{_sink.Port}}/" }"""));
        Assert.Equal("Basic " + Convert.ToBase64String("us:er:pass"u8), (await _sink.NextAsync()).Headers["Authorization"]);
    }

    [Fact]
    public async Task A_batch_is_an_array()
    {
        var plugin = Create(""" "queue": { "max_batch_size": 3, "max_coalescing_delay": 100 } """);
        for (var i = 0; i < 4; i++) Log(plugin, $"/{i}");
        Assert.Equal(["/0", "/1", "/2"], Uris((await _sink.NextAsync()).Body));
        await _house.PassAsync(100);
        Assert.Equal(["/3"], Uris((await _sink.NextAsync()).Body));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task A_status_that_is_no_success_is_tried_again(int status)
    {
        _sink.Answer = request => request == 0 ? status : 200;
        Log(Create(""" "queue": { "initial_retry_delay": 7 } """), "/again");
        await _sink.NextAsync();
        await _house.PassAsync(7);
        Assert.Contains("/again", (await _sink.NextAsync()).Body);
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal(1, _house.Entries(Name, "delivered"));
    }

    [Fact]
    public async Task Nothing_is_lost_while_the_log_server_restarts()
    {
        var plugin = Create(""" "queue": { "initial_retry_delay": 7 } """);
        Log(plugin, "/before");
        await _sink.NextAsync();
        await _house.Deliveries.DrainAsync(default);
        _sink.Stop();
        for (var i = 0; i < 5; i++) Log(plugin, $"/{i}");
        await _house.PassAsync(7);
        await _house.ReachAsync(14);
        _sink.Start();
        _house.Time.Advance(TimeSpan.FromSeconds(14));
        for (var i = 0; i < 5; i++)
        {
            using var record = JsonDocument.Parse((await _sink.NextAsync()).Body);
            Assert.Equal($"/{i}", record.RootElement.GetProperty("request").GetProperty("uri").GetString());
        }
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal(6, _house.Entries(Name, "delivered"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_after_the_timeout_and_tried_again()
    {
        _sink.Answer = static request => request == 0 ? null : 200;
        Log(Create(""" "timeout": 3000, "queue": { "initial_retry_delay": 7 } """), "/stalled");
        await _sink.NextAsync();
        await _house.PassAsync(3);
        await _house.PassAsync(7);
        Assert.Contains("/stalled", (await _sink.NextAsync()).Body);
    }

    [Fact]
    public async Task A_record_that_cannot_be_delivered_in_time_is_lost_and_counted()
    {
        _sink.Stop();
        Log(Create(""" "queue": { "max_retry_time": 1, "initial_retry_delay": 2 } """));
        await _house.PassAsync(2);
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal(1, _house.Entries(Name, "expired"));
    }

    [Fact]
    public async Task Connections_are_reused()
    {
        var plugin = Create();
        for (var i = 0; i < 3; i++)
        {
            Log(plugin);
            await _sink.NextAsync();
            await _house.Deliveries.DrainAsync(default);
        }
        Assert.Equal(1, _sink.Connections);
    }

    [Fact]
    public async Task The_queue_survives_a_reload_and_a_changed_configuration_delivers_what_the_old_one_held()
    {
        using var keep = new Keep();
        var first = keep.Begin();
        Log(Create(Batching(10), first), "/old");
        var second = keep.Begin();
        Log(Create(Batching(10), second), "/same");
        first.Dispose();
        Assert.Equal(1, keep.Count);
        using var third = keep.Begin();
        Create(Batching(20), third);
        second.Dispose();
        Assert.Equal(["/old", "/same"], Uris((await _sink.NextAsync()).Body));

        static string Batching(int size) => $$""" "queue": { "max_batch_size": {{size}}, "max_coalescing_delay": 3600 } """;
    }

    [Fact]
    public async Task Custom_fields_are_part_of_the_record()
    {
        Log(Create(""" "custom_fields_by_lua": { "team": "return 'edge'", "client_ip": "return nil" } """));
        using var record = JsonDocument.Parse((await _sink.NextAsync()).Body);
        Assert.Equal("edge", record.RootElement.GetProperty("team").GetString());
        Assert.False(record.RootElement.TryGetProperty("client_ip", out _));
    }

    [Fact]
    public void Deprecated_fields_mean_the_queues()
    {
        Assert.Equal((5, 9.5), Queue(""" "queue_size": 5, "flush_timeout": 9.5, "retry_count": 3 """));
        Assert.Equal((7, 1.0), Queue(""" "queue_size": 1, "flush_timeout": 2, "queue": { "max_batch_size": 7 } """));
        Assert.Equal((5, 1.0), Queue(""" "queue_size": 5, "queue": { "max_batch_size": 7 } """));
        Assert.Equal((1, 1.0), Queue(""" "queue": { "max_batch_size": 7, "concurrency_limit": -1 } """));

        static (int, double) Queue(string json)
        {
            var (config, problems) = ConfigText.Read<HttpLog, HttpLog.Config>($$"""{ "http_endpoint": "http://a/", {{json}} }""");
            Assert.Empty(problems);
            var queue = HttpLog.QueueOf(config!);
            return (queue.MaxBatchSize, queue.MaxCoalescingDelay);
        }
    }

    [Theory]
    [InlineData(""" "client_certificate": { "id": "11111111-1111-4111-8111-111111111111" } """, "client_certificate")]
    [InlineData(""" "headers": { "host": "x" } """, "headers.host")]
    [InlineData(""" "headers": { "CONTENT-LENGTH": "x" } """, "headers.CONTENT-LENGTH")]
    [InlineData(""" "headers": { "Content-Type": "x" } """, "headers.Content-Type")]
    [InlineData(""" "headers": { "authorization": "x" }, "http_endpoint": "http://u:p@a/" """, "")]
    [InlineData(""" "custom_fields_by_lua": { "a": "os.execute('rm')" } """, "custom_fields_by_lua.a")]
    public void Reports_what_cannot_be_done(string json, string field)
    {
        var endpoint = json.Contains("http_endpoint") ? "" : """ "http_endpoint": "http://a/", """;
        var problem = Assert.Single(PluginHarness.Check<HttpLog, HttpLog.Config>($"{{ {endpoint} {json} }}"));
        Assert.Equal(field, problem.Field);
    }

    public async ValueTask DisposeAsync() => await _sink.DisposeAsync();

    HttpLog Create(string? more = null, IKeep? keep = null)
    {
        var house = _house.Context();
        var context = keep is null ? house : new PluginContext
        {
            PluginId = house.PluginId,
            Time = house.Time,
            Random = house.Random,
            Log = house.Log,
            Consumers = house.Consumers,
            Keep = keep,
            Services = house.Services,
        };
        var rest = more is null ? "" : ", " + more;
        return _house.Create<HttpLog, HttpLog.Config>($$"""{ "http_endpoint": "http://127.0.0.1:{{_sink.Port}}/logs?q=search"{{rest}} }""", context);
    }

    static void Log(HttpLog plugin, string target = "/") => plugin.OnDone(SettledExchange.Full(target));

    static IEnumerable<string?> Uris(string body)
    {
        using var records = JsonDocument.Parse(body);
        return [.. records.RootElement.EnumerateArray().Select(record => record.GetProperty("request").GetProperty("uri").GetString())];
    }

    sealed class Refuser : IOnRequest
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => Verdict.Stop(Answer.Error(403, "no"));
    }
}
