using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Ai.Plugins;
using Weir.Config;
using Weir.Limits;
using Weir.Telemetry;

namespace Weir.Ai.Tests;

/// <summary>ai-proxy-advanced from its configuration on, with providers that the test plays and no gateway around it.</summary>
sealed class ProxyRig
{
    readonly Dictionary<string, object> _kept = [];
    readonly LlmBooks _books;
    readonly LlmMetrics _metrics;
    readonly CallBudgets _budgets;
    AiProxyAdvanced _plugin;

    /// <param name="configJson">Configuration of ai-proxy-advanced.</param>
    /// <param name="ledger">Where usage is recorded; null for nowhere.</param>
    /// <param name="store">Where budgets are counted; null for the memory.</param>
    /// <param name="budgets">The budgets.</param>
    public ProxyRig(string configJson, UsageLedger? ledger = null, IBudgetStore? store = null, params IReadOnlyList<BudgetConfig> budgets)
    {
        Provider = new ScriptedProvider(Time);
        _books = new LlmBooks(null, ledger, UnpricedPolicy.Allow, Time, NullLogger<LlmBooks>.Instance);
        _metrics = new LlmMetrics(Registry);
        var parts = new BudgetParts(
            store ?? new MemoryBudgetStore(Time), new BudgetMetrics(Registry), new BudgetSettings(), Time, NullLogger<BudgetPlan>.Instance);
        _budgets = new CallBudgets(new BudgetPlan(budgets), parts);
        _plugin = Create(configJson);
    }

    public ManualTime Time { get; } = new();

    public ScriptedProvider Provider { get; }

    public MetricRegistry Registry { get; } = new();

    /// <summary>The random numbers of the plugin, from 0 to below 1, one after the other; then the last one for ever.</summary>
    public ScriptedRandom Random { get; } = new();

    /// <summary>The metrics page.</summary>
    public string Metrics
    {
        get
        {
            var page = new ArrayBufferWriter<byte>();
            Registry.Write(page);
            return Encoding.UTF8.GetString(page.WrittenSpan);
        }
    }

    /// <summary>When the copy that was begun last is over.</summary>
    public Task MirrorAsync() => _plugin.Route.Mirror!.Last;

    /// <summary>The model that a call asked for.</summary>
    public string? SentModel(int call) => (string?)System.Text.Json.Nodes.JsonNode.Parse(Provider.Sent[call].Body.Span)!["model"];

    /// <summary>What the reader and the plugin report about a configuration.</summary>
    public static IReadOnlyList<(string Field, string Message)> Check(string configJson) =>
        ConfigText.Read<AiProxyAdvanced, AiProxyAdvanced.Config>(configJson).Problems;

    /// <summary>Applies another configuration; what outlives reloads stays.</summary>
    public void Reload(string configJson) => _plugin = Create(configJson);

    public Task<ProxyGot> AskAsync(bool isStream = false, Action<Weir.Exchange>? prepare = null, Func<int, bool>? clientStays = null)
    {
        var stream = isStream ? "true" : "false";
        var body = $$"""{"model":"gpt-4o","stream":{{stream}},"messages":[{"role":"user","content":"Hello"}]}""";
        return AskAsync("/v1/chat/completions", body, prepare, clientStays);
    }

    public async Task<ProxyGot> AskAsync(string path, string body, Action<Weir.Exchange>? prepare = null, Func<int, bool>? clientStays = null)
    {
        var http = new DefaultHttpContext();
        var bytes = Encoding.UTF8.GetBytes(body);
        http.Request.Method = "POST";
        http.Request.ContentType = "application/json";
        http.Request.ContentLength = bytes.Length;
        http.Request.Body = new MemoryStream(bytes);
        var exchange = new Weir.Exchange { Http = http, Method = "POST", Path = path, RequestId = "r1", StartedAt = Time.GetUtcNow() };
        prepare?.Invoke(exchange);
        var output = new Output(clientStays ?? (static _ => true));
        var verdict = await _plugin.OnRequestAsync(exchange);
        var isSent = !verdict.Stops;
        try
        {
            if (isSent) verdict = await _plugin.SendAsync(exchange);
            if (!verdict.Stops) await _plugin.CopyBodyAsync(exchange, output);
        }
        finally
        {
            if (isSent) await _plugin.FinishAsync(exchange);
            _plugin.OnDone(exchange);
        }
        if (verdict.Answer is { } answer)
        {
            var headers = new HeaderDictionary();
            foreach (var (name, value) in answer.Headers) headers[name] = value;
            return new ProxyGot(answer.Status, headers, Encoding.UTF8.GetString(answer.Body.Span), exchange);
        }
        return new ProxyGot(http.Response.StatusCode, http.Response.Headers, Encoding.UTF8.GetString(output.Written), exchange);
    }

    AiProxyAdvanced Create(string configJson)
    {
        var (config, problems) = ConfigText.Read<AiProxyAdvanced, AiProxyAdvanced.Config>(configJson);
        Assert.Empty(problems);
        return (AiProxyAdvanced)AiProxyAdvanced.Create(config!, new PluginContext
        {
            PluginId = "p1",
            Time = Time,
            Random = Random,
            Log = NullLogger.Instance,
            Consumers = new NoConsumers(),
            Keep = new Kept(_kept),
            Services = new Services([Provider, _books, _metrics, _budgets]),
        });
    }

    sealed class Output(Func<int, bool> clientStays) : BodyOutput
    {
        readonly ArrayBufferWriter<byte> _written = new();
        int _flushes;

        public ReadOnlySpan<byte> Written => _written.WrittenSpan;
        public override void Advance(int count) => _written.Advance(count);
        public override Memory<byte> GetMemory(int sizeHint = 0) => _written.GetMemory(sizeHint);
        public override Span<byte> GetSpan(int sizeHint = 0) => _written.GetSpan(sizeHint);
        public override ValueTask<bool> FlushAsync() => new(clientStays(_flushes++));
    }

    sealed class NoConsumers : IConsumers
    {
        public Consumer? Find(string idOrUsername) => null;
        public Consumer? FindByCustomId(string customId) => null;
    }

    sealed class Kept(Dictionary<string, object> objects) : IKeep
    {
        public T Get<T>(string key, Func<T> create) where T : class
        {
            if (!objects.TryGetValue(key, out var known)) objects[key] = known = create();
            return (T)known;
        }
    }

    sealed class Services(object[] services) : IServiceProvider
    {
        public object? GetService(Type serviceType) => Array.Find(services, serviceType.IsInstanceOfType);
    }
}

/// <summary>Random numbers that a test chooses.</summary>
sealed class ScriptedRandom : Random
{
    public double Share { get; set; }

    public override double NextDouble() => Share;

    public override int Next(int maxValue) => (int)(Share * maxValue);
}

/// <summary>What the client got.</summary>
sealed record ProxyGot(int Status, IHeaderDictionary Headers, string Body, Weir.Exchange Exchange)
{
    public LlmOutcome Outcome => LlmCall.Of(Exchange)!.Outcome;

    public string? Header(string name) => Headers[name] is { Count: > 0 } values ? values.ToString() : null;
}
