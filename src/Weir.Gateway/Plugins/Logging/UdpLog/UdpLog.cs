using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>Sends records of requests as datagrams.</summary>
sealed class UdpLog : IPluginKind<UdpLog.Config>, IOnDone
{
    /// <summary>A datagram that could not be sent is not worth waiting for: what matters is the next.</summary>
    static readonly QueueConfig Queue = new() { MaxBatchSize = 100, MaxCoalescingDelay = 0, MaxEntries = 10_000, MaxRetryTime = 0 };

    readonly DeliveryQueue _queue;
    readonly LogFields? _fields;

    UdpLog(Config config, PluginContext context)
    {
        _fields = LogFields.Of(config.CustomFieldsByLua);
        var house = context.Get<Deliveries>();
        _queue = context.Keep.Get(ConfigKey.Of(Name, config, ConfigType), () =>
            new DeliveryQueue($"{Name} {config.Host}:{config.Port}", Queue, new UdpDelivery(config, house.Time), house, context.Log));
    }

    public static string Name => "udp-log";
    public static string Summary => "Sends a JSON datagram per request.";
    public static JsonTypeInfo<Config> ConfigType => UdpLogJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new UdpLog(config, context);

    public static void Check(Config config, Problems problems) => LogFields.Check(config.CustomFieldsByLua, problems);

    public void OnDone(Exchange exchange) => _queue.Add(LogRecord.Json(exchange, _fields));

    /// <summary>Settings of udp-log.</summary>
    public sealed record Config
    {
        [Description("Fields to add to, replace in or remove from the record: name (dots lead into objects) to Lua code that returns the value.")]
        public IReadOnlyDictionary<string, string>? CustomFieldsByLua { get; init; }

        [Description("Host name or address of the log server."), Format(TextFormat.Host)]
        public required string Host { get; init; }

        [Description("Port of the log server."), Range(0, 65535)]
        public required int Port { get; init; }

        [Description("Milliseconds that sending may take, finding the address included."), Range(0.0, 2147483646.0)]
        public double Timeout { get; init; } = 10_000;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(UdpLog.Config))]
sealed partial class UdpLogJson : JsonSerializerContext;
