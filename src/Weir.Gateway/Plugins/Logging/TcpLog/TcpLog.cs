using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>Sends records of requests over a TCP connection, one JSON line each.</summary>
sealed class TcpLog : IPluginKind<TcpLog.Config>, IOnDone
{
    /// <summary>Kong has no settings for this queue: lines that wait go out together, and a server that is away for a minute loses none.</summary>
    static readonly QueueConfig Queue = new() { MaxBatchSize = 100, MaxCoalescingDelay = 0, MaxEntries = 10_000, MaxRetryTime = 60, MaxRetryDelay = 5 };

    readonly DeliveryQueue _queue;
    readonly LogFields? _fields;

    TcpLog(Config config, PluginContext context)
    {
        _fields = LogFields.Of(config.CustomFieldsByLua);
        var house = context.Get<Deliveries>();
        _queue = context.Keep.Get(ConfigKey.Of(Name, config, ConfigType), () =>
            new DeliveryQueue($"{Name} {config.Host}:{config.Port}", Queue, new TcpDelivery(config, house.Time), house, context.Log));
    }

    public static string Name => "tcp-log";
    public static string Summary => "Sends a JSON line per request over a TCP or TLS connection.";
    public static JsonTypeInfo<Config> ConfigType => TcpLogJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new TcpLog(config, context);

    public static void Check(Config config, Problems problems) => LogFields.Check(config.CustomFieldsByLua, problems);

    public void OnDone(Exchange exchange) => _queue.Add(LogRecord.Line(exchange, _fields));

    /// <summary>Settings of tcp-log.</summary>
    public sealed record Config
    {
        [Description("Fields to add to, replace in or remove from the record: name (dots lead into objects) to Lua code that returns the value.")]
        public IReadOnlyDictionary<string, string>? CustomFieldsByLua { get; init; }

        [Description("Host name or address of the log server."), Format(TextFormat.Host)]
        public required string Host { get; init; }

        [Description("Milliseconds an idle connection is kept."), Range(0.0, 2147483646.0)]
        public double Keepalive { get; init; } = 60_000;

        [Description("Port of the log server."), Range(0, 65535)]
        public required int Port { get; init; }

        [Description("Whether the log server's certificate is verified."), DefaultSince("3.14", "true")]
        public bool SslVerify { get; init; }

        [Description("Milliseconds that connecting, and sending, may take each."), Range(0.0, 2147483646.0)]
        public double Timeout { get; init; } = 10_000;

        [Description("Whether to connect with TLS.")]
        public bool Tls { get; init; }

        [Description("Server name to ask for, and to verify, in the TLS handshake; unset for the host.")]
        public string? TlsSni { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TcpLog.Config))]
sealed partial class TcpLogJson : JsonSerializerContext;
