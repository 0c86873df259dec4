using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Weir.Config;
using Weir.Gateway;
using Weir.Gateway.Plugins;
using Weir.Identity;
using Weir.Telemetry;

namespace Weir.Bench.Micro;

/// <summary>A configured gateway without sockets, and one connection's passage through it, which sends the same request again and again.</summary>
sealed class InMemoryGateway : IDisposable
{
    static readonly PluginKind[] s_catalog =
    [
        PluginKind.Of<CorrelationId, CorrelationId.Config>(),
        PluginKind.Of<Cors, Cors.Config>(),
        PluginKind.Of<KeyAuth, KeyAuth.Config>(),
        PluginKind.Of<IpRestriction, IpRestriction.Config>(),
        PluginKind.Of<Acl, Acl.Config>(),
        PluginKind.Of<RateLimiting, RateLimiting.Config>(),
        PluginKind.Of<RequestTransformer, RequestTransformer.Config>(),
        PluginKind.Of<ResponseTransformer, ResponseTransformer.Config>(),
    ];

    static readonly (string Name, StringValues Value)[] s_requestHeaders =
    [
        ("Host", "orders.example.com"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"),
        ("Origin", "https://shop.example.com"),
        ("Cookie", "session=0123456789abcdef; theme=dark"),
        ("apikey", "0123456789abcdef"),
    ];

    readonly Keep _keep = new();
    readonly GatewayPipeline _pipeline;
    readonly FeatureCollection _features = new();
    readonly HttpRequestFeature _request = new() { Method = "GET", RawTarget = "/v1/orders/42?expand=lines", Protocol = "HTTP/1.1", Scheme = "http" };
    readonly HttpResponseFeature _response = new();
    readonly SnapshotHolder _snapshots;

    /// <param name="document">The configuration, YAML.</param>
    /// <param name="forwarder">The upstream side; null for one that has always answered already.</param>
    public InMemoryGateway(string document, IForwarder? forwarder = null)
    {
        _features.Set<IHttpRequestFeature>(_request);
        _features.Set<IHttpResponseFeature>(_response);
        _features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        _features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback, RemotePort = 40_000, LocalPort = 8000 });
        _snapshots = new SnapshotHolder(Build(document));
        var describer = new RequestDescriber(new TrustedPeers([], "X-Real-IP", false), TimeProvider.System, new RequestIds(new Random(1)));
        var headers = new ResponseHeaders(ResponseHeaderNames.Parse(new NodeSettings().Headers));
        Recorder = new ExchangeRecorder(new RequestMetrics(Metrics), null);
        _pipeline = new GatewayPipeline(forwarder ?? new Answered(), describer, headers, Recorder, NullLogger.Instance);
    }

    public Passage Passage { get; } = new();

    public MetricRegistry Metrics { get; } = new();

    public ExchangeRecorder Recorder { get; }

    /// <summary>One request, as Kestrel brings it, up to where the passage is ready for the next one. Returns the status of its answer.</summary>
    public async Task<int> ExchangeAsync()
    {
        await BeginAsync();
        var status = _response.StatusCode;
        End();
        return status;
    }

    /// <summary>One request; the passage keeps what came of it.</summary>
    public Task BeginAsync()
    {
        _request.Headers.Clear();
        foreach (var (name, value) in s_requestHeaders) _request.Headers[name] = value;
        _response.Headers.Clear();
        _response.StatusCode = 200;
        Passage.Http.Initialize(_features);
        Passage.Snapshot = _snapshots.Enter(Passage.Stripe);
        return _pipeline.RunAsync(Passage);
    }

    public void Dispose() => _keep.Dispose();

    void End()
    {
        Passage.Snapshot.InFlight.Leave(Passage.Stripe);
        Passage.Reset();
        Passage.Http.Uninitialize();
    }

    Snapshot Build(string document)
    {
        var read = DocumentReader.ReadText("bench", document, new ReadOptions { Plugins = s_catalog.ToDictionary(static kind => kind.Name) });
        var balancing = new BalancingContext
        {
            Resolver = new CachingResolver(new ResolverSettings(), TimeProvider.System),
            Time = TimeProvider.System,
            Probe = new SocketProbe(),
            Random = new Random(1),
            Log = NullLogger.Instance,
        };
        var built = new SnapshotBuilder(new SnapshotParts
        {
            Catalog = s_catalog,
            Settings = new NodeSettings(),
            Keep = _keep,
            Balancing = balancing,
            Time = TimeProvider.System,
            Random = new Random(1),
            Loggers = NullLoggerFactory.Instance,
            Services = new Dictionary<Type, object>(),
            Prepare = static (document, house, _) =>
            {
                var identities = IdentityIndex.Build(document, TimeProvider.System);
                house.Add(identities);
                house.Add<IConsumers>(identities);
            },
        }).Build(read.Document ?? throw new InvalidOperationException(string.Join('\n', read.Problems)));
        return built.Snapshot ?? throw new InvalidOperationException(string.Join('\n', built.Problems));
    }

    sealed class Answered : IForwarder
    {
        static readonly StringValues s_contentType = "application/json";

        public ValueTask<Verdict> SendAsync(Passage passage)
        {
            passage.Exchange.Source = AnswerSource.Upstream;
            passage.Exchange.UpstreamStatus = 200;
            passage.Http.Response.Headers.ContentType = s_contentType;
            return new(Verdict.Continue);
        }

        public ValueTask CopyBodyAsync(Passage passage) => default;

        public ValueTask FinishAsync(Passage passage) => default;
    }
}
