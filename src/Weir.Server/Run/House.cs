using System.Buffers;
using System.Net;
using Microsoft.Extensions.Logging;
using Weir.Ai;
using Weir.Gateway;
using Weir.Gateway.Plugins;
using Weir.Identity;
using Weir.Limits;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary>The composition: every part of the house that lives as long as the process, made once and put together.</summary>
sealed class House : IAsyncDisposable
{
    readonly MetricRegistry _metrics = new();
    readonly AccessLog? _accessLog;
    readonly CachingResolver _resolver;
    readonly Deliveries _deliveries;
    readonly UsageLedger? _usage;
    readonly LimitsHome _limits;
    readonly Dictionary<string, BudgetPlan> _plans = [];
    readonly PriceBookFiles? _prices;
    readonly OtlpExport? _otlp;

    public House(
        NodeSettings settings, IReadOnlyList<PluginKind> catalog, ListeningSockets listening, ILoggerFactory loggers, TimeProvider time,
        SecretStore? secrets = null)
    {
        ProcessMetrics.Declare(_metrics, time);
        var nameservers = settings.DnsResolver.Select(Nameserver).ToList();
        _resolver = new CachingResolver(new ResolverSettings { Nameservers = nameservers.Count == 0 ? null : nameservers }, time);
        _accessLog = AccessLog.Open(AccessLogOf(settings), _metrics, time, loggers.CreateLogger("access-log"));
        _deliveries = new Deliveries(_metrics, time);
        _otlp = OtlpExport.Of(settings);
        _prices = PricesOf(settings);
        if (settings.UsageLedger.Length > 0)
            _usage = new UsageLedger(new UsageLedgerSettings { Folder = settings.UsageLedger }, _metrics, time, loggers.CreateLogger("usage-ledger"));
        var books = new LlmBooks(_prices, _usage, UnpricedOf(settings), time, loggers.CreateLogger<LlmBooks>());
        _limits = LimitsHome.Open(settings, _metrics, time, loggers.CreateLogger<LimitsHome>());
        var budgets = new BudgetParts(_limits.Budgets, new BudgetMetrics(_metrics), BudgetSettingsOf(settings), time, loggers.CreateLogger<BudgetPlan>());
        var requests = new RequestMetrics(_metrics);
        var connections = new ConnectionMetrics(_metrics);
        KongMetrics.DeclareNode(_metrics, connections, requests.Count, Guid.NewGuid().ToString(), Product.Token);
        var configMetrics = new ConfigMetrics(_metrics, time);
        Node = new GatewayNode(new GatewayNodeParts
        {
            Settings = settings,
            Catalog = catalog,
            Resolver = _resolver,
            Recorder = new ExchangeRecorder(requests, _accessLog),
            Connections = connections,
            Listening = listening,
            Time = time,
#pragma warning disable RS0030 // The composition is where the process's generator enters the house.
            Random = Random.Shared,
#pragma warning restore RS0030
            Loggers = loggers,
            Services = new Dictionary<Type, object>
            {
                [typeof(MetricRegistry)] = _metrics,
                [typeof(Deliveries)] = _deliveries,
                [typeof(LlmMetrics)] = new LlmMetrics(_metrics),
                [typeof(LlmBooks)] = books,
                [typeof(SharedBudgets)] = new SharedBudgets(_limits.Local, settings.LimitsStore == LimitsStoreKind.Postgres ? _limits.Budgets : null),
            },
            Prepare = (document, house, keep) => Prepare(document, house, budgets),
            Secrets = secrets,
        });
        if (secrets is not null) VaultMetrics.Declare(_metrics, secrets);
        Summary = () => new Dictionary<string, double>
        {
            ["requests_total"] = requests.Count(),
            ["requests_in_flight"] = Node.Snapshots.Current.InFlight.Count,
            ["connections_open"] = connections.Open,
            ["routes"] = Node.Snapshots.Current.Routes.Count,
            ["memory_bytes"] = Environment.WorkingSet,
        };
        if (Node.Loops is { } loops) LoopMetrics.Declare(_metrics, loops);
        Node.Applier.Applied = result =>
        {
            if (!result.Ok)
            {
                configMetrics.Refused();
                return;
            }
            configMetrics.Applied(result.Revision);
            requests.KeepOnly(Node.Snapshots.Current.RouteLabels);
            budgets.Metrics.KeepOnly(_plans.Values.SelectMany(static plan => plan.All));
        };
    }

    public GatewayNode Node { get; }

    /// <summary>The most telling numbers of the traffic, now.</summary>
    public Func<IReadOnlyDictionary<string, double>> Summary { get; }

    /// <summary>Queues of records on their way elsewhere.</summary>
    public Deliveries Deliveries => _deliveries;

    /// <summary>The metrics of the process.</summary>
    public MetricRegistry Metrics => _metrics;

    /// <summary>Writes the metrics page.</summary>
    public async Task WriteMetricsAsync(Stream output, ExpositionFormat format, CancellationToken cancellation)
    {
        var page = new ArrayBufferWriter<byte>(64 * 1024);
        _metrics.Write(page, format);
        await output.WriteAsync(page.WrittenMemory, cancellation);
    }

    /// <summary>Delivers what logging plugins have queued; gives up what is left when <paramref name="cancellation"/> fires.</summary>
    public Task DrainAsync(CancellationToken cancellation) => _deliveries.DrainAsync(cancellation);

    /// <summary>Opens log files anew, after they were rotated.</summary>
    public void ReopenLogs() => _accessLog?.Reopen();

    /// <summary>Reads the price books anew. With an error among the problems those in use stay.</summary>
    public IReadOnlyList<Config.Problem> ReloadPrices() => _prices?.Reload() ?? [];

    public async ValueTask DisposeAsync()
    {
        _otlp?.Dispose();
        if (_usage is not null) await _usage.DisposeAsync();
        await _limits.DisposeAsync();
        if (_accessLog is not null) await _accessLog.DisposeAsync();
        _resolver.Dispose();
    }

    /// <summary>The price books; the node does not start with one that cannot be read or is not signed as it must be.</summary>
    static PriceBookFiles? PricesOf(NodeSettings settings)
    {
        if (settings.LlmPrices.Count == 0) return null;
        var prices = new PriceBookFiles(new PriceBookSettings
        {
            Files = settings.LlmPrices,
            PublicKeyPem = settings.LlmPricesKey.Length == 0 ? null : File.ReadAllText(settings.LlmPricesKey),
            AcceptUnsigned = settings.LlmPricesKey.Length == 0,
        });
        var problems = prices.Reload().Where(static problem => problem.Severity == Config.Severity.Error).ToList();
        return problems.Count == 0 ? prices : throw new FormatException("llm_prices: " + string.Join("; ", problems));
    }

    static UnpricedPolicy UnpricedOf(NodeSettings settings) => settings.LlmUnpriced switch
    {
        "block" => UnpricedPolicy.Block,
        "estimate" => UnpricedPolicy.Estimate,
        _ => UnpricedPolicy.Allow,
    };

    static IPEndPoint Nameserver(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) ? (endpoint.Port == 0 ? new IPEndPoint(endpoint.Address, 53) : endpoint)
        : throw new FormatException($"dns_resolver: '{text}' is no address:port");

    static BudgetSettings BudgetSettingsOf(NodeSettings settings) => new()
    {
        Lease = TimeSpan.FromSeconds(settings.LimitsLeaseSeconds),
        OutputTokensAssumed = settings.LlmOutputTokensAssumed,
        StreamTokensReserved = settings.LlmStreamTokensReserved,
    };

    void Prepare(Config.Document document, HouseServices house, BudgetParts budgets)
    {
        // The first document of a configuration comes without a workspace.
        if (document.Workspace.Length == 0) _plans.Clear();
        var plan = house.Add(document, static of => [of.Budgets], () => new BudgetPlan(document.Budgets, document.Workspace));
        _plans[document.Workspace] = plan;
        house.Add(document, static of => [of.Budgets], () => new CallBudgets(plan, budgets));
        var identities = house.Add(document, IdentityIndex.MadeOf, () => house.Before is { } before
            ? before.House.Get<IdentityIndex>().Next(before.Document, document) : IdentityIndex.Build(document, budgets.Time));
        house.Add<IConsumers>(identities);
        house.Add(document, static of => [of.AiModels], () => new ModelDirectory(document.AiModels));
    }

    static AccessLogSettings AccessLogOf(NodeSettings settings) => new()
    {
        Format = settings.AccessLog switch
        {
            AccessLogForm.Off => AccessLogFormat.Off,
            AccessLogForm.Text => AccessLogFormat.Text,
            _ => AccessLogFormat.Json,
        },
        File = settings.AccessLogFile,
        LogsQuery = settings.AccessLogQuery,
    };
}
