using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>
/// Plugins in the real pipeline, without sockets: requests come from the test, the upstream is a function. The catch-all route has the id
/// <see cref="RouteId"/> and its service <see cref="ServiceId"/>.
/// </summary>
sealed class PluginHarness
{
    public const string RouteId = "11111111-1111-4111-8111-111111111111";
    public const string ServiceId = "22222222-2222-4222-8222-222222222222";

    readonly ScriptedForwarder _forwarder = new();
    readonly GatewayPipeline _pipeline;
    readonly Snapshot _snapshot;

    public PluginHarness(params IPlugin[] plugins) : this(plugins, "/") { }

    public PluginHarness(IReadOnlyList<IPlugin> plugins, string routePath)
    {
        var plan = new RoutePlan([.. plugins.Select(p => new PlanSlot(new PreparedPlugin(p.GetType().Name, p, Protocols.All), null))]);
        var service = new Service
        {
            Config = new ServiceConfig { Id = ServiceId, Name = "orders", Host = "upstream.test" },
            Entity = new EntityRef(ServiceId, "orders", [], "{}"u8.ToArray()),
        };
        var config = new RouteConfig { Id = RouteId, Name = "orders-route", Paths = [routePath] };
        var route = new Route
        {
            Config = config,
            Entity = new EntityRef(RouteId, "orders-route", [], "{}"u8.ToArray()),
            Service = service,
            Plan = plan,
            StripPath = false,
            NeedsHttps = false,
            IsGrpc = false,
            RedirectStatus = 426,
            PreserveHost = false,
            UnknownPlugins = null,
        };
        var snapshot = new Snapshot
        {
            Revision = 1,
            HashOnce = new Lazy<Task<string>>(static () => Task.FromResult("")),
            Routes = RouteTable<Route>.Build([(config, route)]),
            RouteLabels = new HashSet<string>(),
            GlobalPlan = plan,
            Balancers = [],
            InFlight = new InFlight(static () => { }),
        };
        _snapshot = snapshot;
        var describer = new RequestDescriber(new TrustedPeers([], "X-Real-IP", false), Time, new RequestIds(new Random(1)));
        _pipeline = new GatewayPipeline(_forwarder, describer, new ResponseHeaders(ResponseHeaderSet.None), new NoRecorder(), NullLogger.Instance);
    }

    public static ManualTime Time { get; } = new();

    /// <summary>What the upstream answers.</summary>
    public Func<Exchange, UpstreamAnswer> Upstream { set => _forwarder.Upstream = value; }

    /// <summary>What the upstream got; null when nothing was sent.</summary>
    public UpstreamGot? Got => _forwarder.Got;

    /// <summary>A plugin made from the text of its configuration, as a file would.</summary>
    public static TPlugin Create<TPlugin, TConfig>(string configJson, PluginContext? context = null)
        where TPlugin : IPluginKind<TConfig>, IPlugin where TConfig : class
    {
        var (config, problems) = ConfigText.Read<TPlugin, TConfig>(configJson);
        Assert.Empty(problems);
        return (TPlugin)TPlugin.Create(config!, context ?? Context());
    }

    /// <summary>What the reader and the plugin report about a configuration.</summary>
    public static IReadOnlyList<(string Field, string Message)> Check<TPlugin, TConfig>(string configJson)
        where TPlugin : IPluginKind<TConfig> where TConfig : class =>
        ConfigText.Read<TPlugin, TConfig>(configJson).Problems;

    public static PluginContext Context(TimeProvider? time = null, IConsumers? consumers = null, params object[] services) => new()
    {
        PluginId = "33333333-3333-4333-8333-333333333333",
        RouteId = RouteId,
        ServiceId = ServiceId,
        Time = time ?? Time,
        Random = new Random(1),
        Log = NullLogger.Instance,
        Consumers = consumers ?? new NoConsumers(),
        Keep = new TestKeep(),
        Services = new TestServices(services),
    };

    public Task<ClientGot> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync("GET", target, null, headers);

    public async Task<ClientGot> SendAsync(string method, string target, string? body = null, params (string Name, string Value)[] headers)
    {
        _forwarder.Got = null;
        var passage = new Passage { Snapshot = _snapshot };
        var http = passage.Http;
        var answerBody = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answerBody));
        var connection = new HttpConnectionFeature { RemoteIpAddress = IPAddress.Parse(ClientIp), RemotePort = 40000, LocalPort = 8000 };
        http.Features.Set<IHttpConnectionFeature>(connection);
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        request.Method = method;
        request.RawTarget = target;
        request.Protocol = "HTTP/1.1";
        request.Scheme = "http";
        request.Headers.Host = "gateway.test";
        foreach (var (name, value) in headers) request.Headers.Append(name, value);
        if (body is not null)
        {
            request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
            if (!request.Headers.ContainsKey("Transfer-Encoding")) request.Headers.ContentLength = Encoding.UTF8.GetByteCount(body);
        }
        await _pipeline.RunAsync(passage);
        return new ClientGot(http.Response.StatusCode, http.Response.Headers, Encoding.UTF8.GetString(answerBody.ToArray()), passage.Exchange);
    }

    /// <summary>Address requests come from.</summary>
    public string ClientIp { get; set; } = "192.0.2.7";

    sealed class ScriptedForwarder : IForwarder
    {
        public Func<Exchange, UpstreamAnswer> Upstream { get; set; } = _ => new UpstreamAnswer(200, "upstream says hello");
        public UpstreamGot? Got { get; set; }
        UpstreamAnswer? _answer;

        public async ValueTask<Verdict> SendAsync(Passage passage)
        {
            var exchange = passage.Exchange;
            ReadOnlyMemory<byte> body;
            try
            {
                body = exchange.Upstream.Body ?? await exchange.ReadBodyAsync(int.MaxValue) ?? default;
            }
            catch (BadHttpRequestException refused)
            {
                exchange.Source = AnswerSource.Error;
                return Answer.Fault(refused.StatusCode, "Payload too large");
            }
            var headers = new HeaderDictionary();
            foreach (var (name, value) in exchange.Http.Request.Headers) headers[name] = value;
            var sent = exchange.Upstream;
            Got = new UpstreamGot(sent.Method, sent.Path, sent.Query, sent.Host, headers, Encoding.UTF8.GetString(body.Span));
            _answer = Upstream(exchange);
            exchange.Source = AnswerSource.Upstream;
            exchange.UpstreamStatus = _answer.Status;
            exchange.Http.Response.StatusCode = _answer.Status;
            foreach (var (name, value) in _answer.Headers) exchange.Http.Response.Headers.Append(name, value);
            exchange.Http.Response.Headers.ContentLength = Encoding.UTF8.GetByteCount(_answer.Body);
            return Verdict.Continue;
        }

        public async ValueTask CopyBodyAsync(Passage passage)
        {
            var body = Encoding.UTF8.GetBytes(_answer!.Body);
            var writer = passage.Http.Response.BodyWriter;
            if (passage.BodyFilters.Count == 0)
            {
                await writer.WriteAsync(body);
            }
            else
            {
                var half = body.Length / 2;
                BodyFilterChain.Write(passage, body.AsSpan(0, half), isLast: false, writer);
                BodyFilterChain.Write(passage, body.AsSpan(half), isLast: true, writer);
                await writer.FlushAsync();
            }
            await passage.Http.Response.CompleteAsync();
        }

        public ValueTask FinishAsync(Passage passage) => default;
    }

    sealed class NoRecorder : IExchangeRecorder
    {
        public void Complete(Passage passage) { }
    }

    sealed class NoConsumers : IConsumers
    {
        public Consumer? Find(string idOrUsername) => null;
        public Consumer? FindByCustomId(string customId) => null;
    }

    sealed class TestKeep : IKeep
    {
        readonly Dictionary<string, object> _kept = [];

        public T Get<T>(string key, Func<T> create) where T : class
        {
            if (_kept.TryGetValue(key, out var kept)) return (T)kept;
            var created = create();
            _kept[key] = created;
            return created;
        }
    }

    sealed class TestServices(object[] services) : IServiceProvider
    {
        public object? GetService(Type serviceType) => Array.Find(services, serviceType.IsInstanceOfType);
    }
}

/// <summary>An answer of the scripted upstream.</summary>
sealed record UpstreamAnswer(int Status, string Body, params (string Name, string Value)[] Headers);

/// <summary>What the scripted upstream got.</summary>
sealed record UpstreamGot(string Method, string Path, string Query, string? Host, IHeaderDictionary Headers, string Body);

/// <summary>What the client got.</summary>
sealed record ClientGot(int Status, IHeaderDictionary Headers, string Body, Exchange Exchange);
