using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Config;

namespace Weir.Gateway.Plugins;

/// <summary>Sends records of requests to an HTTP server.</summary>
sealed class HttpLog : IPluginKind<HttpLog.Config>, IOnDone
{
    // Defaults of the days when these fields meant something: files that spell them out did not choose them.
    const int QueueSizeUnset = 1;
    const double FlushTimeoutUnset = 2;

    readonly DeliveryQueue _queue;
    readonly LogFields? _fields;

    HttpLog(Config config, PluginContext context)
    {
        _fields = LogFields.Of(config.CustomFieldsByLua);
        var house = context.Get<Deliveries>();
        _queue = context.Keep.Get(ConfigKey.Of(Name, config, ConfigType), () =>
        {
            var queue = QueueOf(config);
            var delivery = new HttpDelivery(config, queue.MaxBatchSize > 1, house.Time);
            return new DeliveryQueue($"{Name} {delivery.Authority}", queue, delivery, house, context.Log);
        });
    }

    public static string Name => "http-log";
    public static string Summary => "Sends a JSON record per request to an HTTP server, in batches when asked to.";
    public static JsonTypeInfo<Config> ConfigType => HttpLogJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new HttpLog(config, context);

    public static void Check(Config config, Problems problems)
    {
        LogFields.Check(config.CustomFieldsByLua, problems);
        if (config.ClientCertificate is not null) problems.Add("client_certificate", "is not supported: log servers are reached without a client certificate");
        var hasUser = Uri.TryCreate(config.HttpEndpoint, UriKind.Absolute, out var endpoint) && endpoint.UserInfo.Length > 0;
        foreach (var name in config.Headers?.Keys ?? [])
        {
            if (Array.Find(HttpDelivery.OwnHeaders, own => own.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } own)
                problems.Add($"headers.{name}", $"cannot contain '{own}' header");
            if (hasUser && name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
                problems.Add("specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed");
        }
    }

    /// <summary>The queue's settings, with the deprecated fields taken in.</summary>
    public static QueueConfig QueueOf(Config config)
    {
        var queue = config.Queue;
        if (config.QueueSize is { } size and not QueueSizeUnset) queue = queue with { MaxBatchSize = size };
        if (config.FlushTimeout is { } delay and not FlushTimeoutUnset) queue = queue with { MaxCoalescingDelay = delay };
        // Entries that go out on their own are no batches.
        return queue.ConcurrencyLimit == -1 ? queue with { MaxBatchSize = 1 } : queue;
    }

    public void OnDone(Exchange exchange) => _queue.Add(LogRecord.Json(exchange, _fields));

    /// <summary>Settings of http-log.</summary>
    public sealed record Config
    {
        [Description("Certificate shown to the log server; not supported.")]
        public Reference? ClientCertificate { get; init; }

        [Description("Content-Type of what is sent."), AllowedValues("application/json", "application/json; charset=utf-8")]
        public string ContentType { get; init; } = "application/json";

        [Description("Fields to add to, replace in or remove from the record: name (dots lead into objects) to Lua code that returns the value.")]
        public IReadOnlyDictionary<string, string>? CustomFieldsByLua { get; init; }

        [Description("Deprecated: use queue.max_coalescing_delay. Seconds to wait for a batch to fill; a value other than 2 replaces that field.")]
        public double? FlushTimeout { get; init; }

        [Description("Headers to send, by name."), Secret]
        public IReadOnlyDictionary<string, string>? Headers { get; init; }

        [Description("URL that records are sent to. User and password in it are sent as Basic authorization."), Format(TextFormat.Url), Secret]
        public required string HttpEndpoint { get; init; }

        [Description("Milliseconds an idle connection to the log server is kept."), Range(0.0, 2147483646.0)]
        public double Keepalive { get; init; } = 60_000;

        [Description("HTTP method to send with."), AllowedValues("POST", "PUT", "PATCH")]
        public string Method { get; init; } = "POST";

        [Description("How records wait, are gathered and are tried again. With max_batch_size above 1 a JSON array is sent.")]
        public QueueConfig Queue { get; init; } = new();

        [Description("Deprecated: use queue.max_batch_size. A value other than 1 replaces that field."), Range(1, 1_000_000)]
        public int? QueueSize { get; init; }

        [Description("Deprecated and without effect, as in Kong: use queue.max_retry_time.")]
        public int? RetryCount { get; init; }

        [Description("Whether the log server's certificate is verified."), DefaultSince("3.14", "true")]
        public bool SslVerify { get; init; }

        [Description("Milliseconds that sending may take, connecting and the answer included."), Range(0.0, 2147483646.0)]
        public double Timeout { get; init; } = 10_000;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HttpLog.Config))]
sealed partial class HttpLogJson : JsonSerializerContext;
