using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Weir.Gateway;
using Weir.Limits;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary>Where this node counts budgets, as its settings say.</summary>
sealed partial class LimitsHome : IAsyncDisposable
{
    const int RedisPort = 6379;

    readonly MemoryBudgetStore _local;
    readonly ILogger _log;
    readonly List<IAsyncDisposable> _connections = [];
    readonly OutageBudgetStore? _outage;
    readonly IDisposable? _shared;
    string _fault = "";

    LimitsHome(NodeSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        (_log, _local) = (log, new MemoryBudgetStore(time));
        if (settings.LimitsStore == LimitsStoreKind.Memory) return;
        IBudgetStore store = settings.LimitsStore == LimitsStoreKind.Redis ? OpenRedis(settings, time) : OpenPostgres(settings, time);
        _shared = store as IDisposable;
        var outage = _outage = new OutageBudgetStore(store, PolicyOf(settings.LimitsStoreAway), time, onChange: Changed);
        metrics.Observe(MetricType.Gauge, "weir_limits_store_away", "1 while the store of budgets cannot be reached.", () => outage.IsAway ? 1 : 0);
        metrics.Observe(
            MetricType.Gauge, "weir_limits_settlements_waiting", "Charges that wait until the store of budgets is back.", () => outage.BacklogCount);
    }

    /// <summary>Budgets: exact over all nodes that share the store.</summary>
    public IBudgetStore Budgets => _outage ?? (IBudgetStore)_local;

    /// <summary>What this node counts for itself.</summary>
    public IBudgetStore Local => _local;

    /// <summary>Opens the store; connects when it is first asked.</summary>
    /// <exception cref="FormatException">A setting does not say how to reach it.</exception>
    public static LimitsHome Open(NodeSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log) => new(settings, metrics, time, log);

    public async ValueTask DisposeAsync()
    {
        _outage?.Dispose();
        _shared?.Dispose();
        _local.Dispose();
        foreach (var connection in _connections) await connection.DisposeAsync();
    }

    RedisBudgetStore OpenRedis(NodeSettings settings, TimeProvider time)
    {
        if (settings.LimitsRedis.Count == 0) throw new FormatException("limits_store: redis needs limits_redis: host:port, or the path of a Unix socket");
        if (settings.LimitsRedisNamespace is not { Length: > 0 } name || name.AsSpan().ContainsAny('{', '}'))
            throw new FormatException("limits_redis_namespace: expected a text without braces");
        var options = new RedisOptions
        {
            Endpoints = [.. settings.LimitsRedis.Select(Endpoint)],
            Topology = Enum.Parse<RedisTopology>(settings.LimitsRedisTopology.ToString()),
            SentinelMaster = settings.LimitsRedisMaster,
            Username = Text(settings.LimitsRedisUsername),
            Password = Text(settings.LimitsRedisPassword),
            Database = settings.LimitsRedisDatabase,
            UseTls = settings.LimitsRedisTls,
            VerifyTls = settings.LimitsRedisTlsVerify,
        };
#pragma warning disable RS0030 // The composition is where the process's generator enters the house.
        var redis = RedisClient.Open(options, time, Random.Shared);
#pragma warning restore RS0030
        _connections.Add(redis);
        return new RedisBudgetStore(redis, name, time, RedisBudgetStore.ClockSkewMaxDefault, fault => _fault = fault);
    }

    PostgresBudgetStore OpenPostgres(NodeSettings settings, TimeProvider time)
    {
        if (settings.LimitsPostgres.Length == 0) throw new FormatException("limits_store: postgres needs limits_postgres: Host=db;Username=weir;Database=weir");
        NpgsqlConnectionStringBuilder options;
        try
        {
            // They bound how long a call waits for a server that does not answer.
            options = new NpgsqlConnectionStringBuilder { Timeout = 5, CommandTimeout = 5, MaxAutoPrepare = 20, ApplicationName = "weir" };
            options.ConnectionString = $"{options.ConnectionString};{settings.LimitsPostgres}";
        }
        catch (ArgumentException)
        {
            // Its message may show what stands in it.
            throw new FormatException("limits_postgres: no connection string; expected Host=db;Username=weir;Database=weir");
        }
        if (settings.LimitsPostgresPassword.Length > 0) options.Password = settings.LimitsPostgresPassword;
        var source = NpgsqlDataSource.Create(options);
        _connections.Add(source);
        return new PostgresBudgetStore(source, time, RedisBudgetStore.ClockSkewMaxDefault, fault => _fault = fault);
    }

    static RedisEndpoint Endpoint(string text)
    {
        if (text.StartsWith('/')) return new RedisEndpoint(text, 0);
        var colon = text.LastIndexOf(':');
        var isBare = colon < 0 || text.EndsWith(']');
        var host = (isBare ? text : text[..colon]).Trim('[', ']');
        var port = RedisPort;
        var isGood = host.Length > 0 && (isBare || int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port));
        return isGood && port is > 0 and <= ushort.MaxValue ? new RedisEndpoint(host, port)
            : throw new FormatException($"limits_redis: '{text}' is no host:port and no path of a Unix socket");
    }

    static OutagePolicy PolicyOf(LimitsStoreAway away) => Enum.Parse<OutagePolicy>(away.ToString());

    static string? Text(string setting) => setting.Length == 0 ? null : setting;

    void Changed(bool isAway)
    {
        if (isAway) LogAway(_log, _fault);
        else LogBack(_log);
    }

    [LoggerMessage(1, LogLevel.Error, "The store of budgets is away: {Reason}")]
    static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(2, LogLevel.Information, "The store of budgets is back")]
    static partial void LogBack(ILogger log);
}
