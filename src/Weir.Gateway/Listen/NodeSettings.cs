using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Gateway;

/// <summary>
/// What belongs to the node and not to the document: addresses, limits, logs. Read from a settings file, from WEIR_ environment variables and from the
/// command line, the later winning. Names are Kong's where kong.conf has the setting.
/// </summary>
sealed record NodeSettings
{
    [Description("Addresses that take plain HTTP/1.1 traffic, as address:port.")]
    public IReadOnlyList<string> ProxyListen { get; init; } = ["0.0.0.0:8000"];

    [Description("Addresses that take HTTPS traffic, HTTP/1.1 and HTTP/2 by ALPN.")]
    public IReadOnlyList<string> ProxyListenTls { get; init; } = ["0.0.0.0:8443"];

    [Description("Addresses that take HTTP/2 without TLS (h2c with prior knowledge), for gRPC inside a network.")]
    public IReadOnlyList<string> ProxyListenH2c { get; init; } = [];

    [Description("Addresses of the status listener: /status, /metrics, POST /config. Keep them on loopback or behind a firewall.")]
    public IReadOnlyList<string> StatusListen { get; init; } = ["127.0.0.1:8007"];

    [Description("Addresses of the Admin API, where data says that this node has a control plane. Where enforce_rbac leaves it open, whoever reaches them may "
        + "change everything.")]
    public IReadOnlyList<string> AdminListen { get; init; } = ["127.0.0.1:8001"];

    [Description("Whether callers of the Admin API have to prove who they are, and have only the rights that they were given: on, off, or auto: on as soon as "
        + "one address of admin_listen is not on loopback.")]
    public RbacEnforcement EnforceRbac { get; init; }

    [Description("OpenID provider whose tokens count at the Admin API as bearers, by its https address, exactly as its tokens have it; groups become teams. "
        + "Empty for none.")]
    public string AdminOidcIssuer { get; init; } = "";

    [Description("Whom such a token must be for: its claim aud.")]
    public string AdminOidcAudience { get; init; } = "";

    [Description("What weir login is called at the provider; empty for the audience.")]
    public string AdminOidcClientId { get; init; } = "";

    [Description("Claim with a name for people to read.")]
    public string AdminOidcNameClaim { get; init; } = "preferred_username";

    [Description("Claim with the groups.")]
    public string AdminOidcGroupsClaim { get; init; } = "groups";

    [Description("Folder of the audit log of the Admin API. Empty for the folder audit beside a journal in a folder, and for none with one in a database.")]
    public string AdminAudit { get; init; } = "";

    [Description("Where the control plane's journal is: a folder, made when it is missing, or a database, as postgres://user@host/database. Empty for a node "
        + "that runs on files."), Secret]
    public string Data { get; init; } = "";

    [Description("Addresses at which the control plane listens for gateways that follow it, with TLS of an authority of its own. Empty for none.")]
    public IReadOnlyList<string> ClusterListen { get; init; } = [];

    [Description("Days that the certificate of a gateway is good for; it renews it by itself when two thirds are over."), Range(1, 3650)]
    public int ClusterCertDays { get; init; } = 90;

    [Description("The control plane that this gateway follows, as https://host:8005. Empty for none.")]
    public string ClusterControlPlane { get; init; } = "";

    [Description("Token that this gateway enrols with, from weir gateway join-token; not needed once it is enrolled."), Secret]
    public string ClusterJoinToken { get; init; } = "";

    [Description("File with the keyring that seals the journal, mode 0600; `weir journal key` makes keys. Empty for a journal that is not sealed.")]
    public string JournalKeyring { get; init; } = "";

    [Description("The keyring itself in place of a file, as id:key, separated by commas."), Secret]
    public string JournalKeys { get; init; } = "";

    [Description("When a change counts, in a journal in a folder: always (the disk has it), interval (the operating system has it, the disk after the "
        + "interval) or never (the operating system has it).")]
    [AllowedValues("always", "interval", "never")]
    public string JournalSync { get; init; } = "always";

    [Description("PEM file of the EC key (P-256) that checkpoints of the journal are signed with; made when it is missing. Empty for checkpoint.key in "
        + "the folder of the journal, or for none with a database.")]
    public string JournalSigningKey { get; init; } = "";

    [Description("Where records of the Admin API's audit go besides its file: https://host/path (JSON arrays), syslog+udp://host:514, syslog+tcp://host:601, "
        + "syslog+tls://host:6514.")]
    [Secret]
    public IReadOnlyList<string> AuditSinks { get; init; } = [];

    [Description("Milliseconds after which the disk has a change, where journal_sync is interval."), Range(1, 3_600_000)]
    public int JournalSyncIntervalMs { get; init; } = 1000;

    [Description("Transactions after which a snapshot of the state is written beside the journal, so that a start does not read everything."),
        Range(1, 1_000_000_000)]
    public int JournalSnapshotTransactions { get; init; } = 10_000;

    [Description("Megabytes of journal after which a snapshot is written, if there are fewer transactions."), Range(1, 1_048_576)]
    public int JournalSnapshotMegabytes { get; init; } = 64;

    [Description("Snapshots that are kept, the newest ones. Looking far back is faster with more of them."), Range(1, 1000)]
    public int JournalSnapshotsKept { get; init; } = 2;

    [Description("Seconds that a start waits for a database that cannot be reached."), Range(0, 86_400)]
    public int JournalWaitSeconds { get; init; } = 30;

    [Description("The origin of web pages that may call the Admin API, as https://console.example.org, besides its own; * for all. Empty for none.")]
    public string AdminAllowedOrigin { get; init; } = "";

    [Description("Whether connections start with a PROXY protocol header, version 1 or 2, that names the client.")]
    public bool ProxyProtocol { get; init; }

    [Description("What moves bytes: loops (one event loop per core; Linux on x64 and arm64, sockets elsewhere) or sockets (the runtime's own).")]
    public TransportKind Transport { get; init; } = TransportKind.Loops;

    [Description("Event loops of the transport `loops`; 0 for one per core."), Range(0, 1024)]
    public int TransportLoops { get; init; }

    [Description("Peers whose X-Forwarded-* and real-IP headers count: addresses and CIDR ranges.")]
    public IReadOnlyList<string> TrustedIps { get; init; } = [];

    [Description("Header in which a trusted peer names the client.")]
    public string RealIpHeader { get; init; } = "X-Real-IP";

    [Description("Whether the real-IP header is followed through all trusted entries, from the right.")]
    public bool RealIpRecursive { get; init; }

    [Description("Headers of its own that the gateway puts on answers: server_tokens, latency_tokens, X-Kong-Request-Id, Server, Via, X-Kong-Proxy-Latency, "
        + "X-Kong-Upstream-Latency, X-Kong-Response-Latency, X-Kong-Upstream-Status; off for none.")]
    public IReadOnlyList<string> Headers { get; init; } = ["server_tokens", "latency_tokens", "X-Kong-Request-Id"];

    [Description("Answer the request header Kong-Debug: 1 with the route's and service's id and name.")]
    public bool AllowDebugHeader { get; init; }

    [Description("Connections at the same time; further ones are refused. 0 for no limit."), Range(0, 10_000_000)]
    public int ConnectionsMax { get; init; } = 100_000;

    [Description("Header lines of a request; more is answered 431."), Range(1, 10_000)]
    public int RequestHeadersMax { get; init; } = 100;

    [Description("Bytes of all header lines of a request; more is answered 431."), Range(1024, 1_048_576)]
    public int RequestHeadersBytesMax { get; init; } = 32_768;

    [Description("Bytes of the request line; more is answered 414."), Range(256, 1_048_576)]
    public int RequestLineBytesMax { get; init; } = 8_192;

    [Description("Bytes of a request body; more is answered 413. 0 for no limit."), Range(0L, 1_099_511_627_776L)]
    public long ClientMaxBodySize { get; init; }

    [Description("Seconds a client may take to send a request's head."), Range(1, 3600)]
    public int ClientHeaderTimeoutSeconds { get; init; } = 30;

    [Description("Seconds a connection may be idle between requests."), Range(1, 86_400)]
    public int KeepaliveTimeoutSeconds { get; init; } = 75;

    [Description("Bytes per second below which a client's request body or a client's reading of the answer counts as stalled, once the grace is over. "
        + "0 switches this off."), Range(0, 1_000_000)]
    public int ClientBytesPerSecondMin { get; init; } = 240;

    [Description("Seconds of grace before a stalled client's connection is closed."), Range(2, 3600)]
    public int ClientRateGraceSeconds { get; init; } = 10;

    [Description("HTTP/2 streams per connection at the same time."), Range(1, 10_000)]
    public int Http2StreamsMax { get; init; } = 128;

    [Description("Largest HTTP/2 frame a client may send, in bytes."), Range(16_384, 16_777_215)]
    public int Http2FrameBytesMax { get; init; } = 16_384;

    [Description("Bytes of the HTTP/2 header compression table of each direction of a connection."), Range(0, 65_536)]
    public int Http2HeaderTableBytes { get; init; } = 4_096;

    [Description("Bytes of request body that an HTTP/2 stream may have under way before it is read."), Range(65_535, 1_073_741_824)]
    public int Http2StreamWindowBytes { get; init; } = 786_432;

    [Description("The same for all streams of an HTTP/2 connection together."), Range(65_535, 1_073_741_824)]
    public int Http2ConnectionWindowBytes { get; init; } = 1_048_576;

    [Description("Seconds of silence after which a ping asks whether an HTTP/2 client is still there; 0 for no pings."), Range(0, 86_400)]
    public int Http2PingIntervalSeconds { get; init; }

    [Description("Seconds a client has to answer that ping before its connection is closed."), Range(1, 3600)]
    public int Http2PingTimeoutSeconds { get; init; } = 20;

    [Description("Idle connections kept per upstream address; 0 switches keep-alive off."), Range(0, 100_000)]
    public int UpstreamKeepalivePoolSize { get; init; } = 512;

    [Description("Requests per upstream connection before it is closed."), Range(1, 1_000_000_000)]
    public int UpstreamKeepaliveMaxRequests { get; init; } = 10_000;

    [Description("Seconds an upstream connection is kept idle."), Range(1, 86_400)]
    public int UpstreamKeepaliveIdleTimeout { get; init; } = 60;

    [Description("Whether upstream certificates are verified where the service does not say.")]
    public bool TlsVerify { get; init; }

    [Description("PEM file of the certificate authorities trusted for upstreams where the service names none; empty for the system's.")]
    public string TrustedCertificate { get; init; } = "";

    [Description("PEM file of the certificate shown when no SNI matches; empty for a self-made one.")]
    public string SslCert { get; init; } = "";

    [Description("PEM file of that certificate's key.")]
    public string SslCertKey { get; init; } = "";

    [Description("Access log: off, json or text.")]
    public AccessLogForm AccessLog { get; init; } = AccessLogForm.Json;

    [Description("File the access log is appended to; empty for standard output. Reopened on SIGHUP and when it was moved.")]
    public string AccessLogFile { get; init; } = "";

    [Description("Whether the access log has query strings. They may hold secrets, such as API keys that clients put there.")]
    public bool AccessLogQuery { get; init; } = true;

    [Description("Seconds that requests under way may take when the process is asked to stop."), Range(0, 86_400)]
    public int DrainSeconds { get; init; } = 30;

    [Description("Unix socket at which this process gives its listening sockets to the one that comes after it: start a second one with the same setting, and "
        + "it takes over without a lost request. Empty for none; Linux only.")]
    public string Handover { get; init; } = "";

    [Description("Class libraries with plugins to load at start: paths of assemblies that implement IPluginLibrary.")]
    public IReadOnlyList<string> PluginLibraries { get; init; } = [];

    [Description("Directory of the vault file: {vault://file/db-key} is the content of its file db-key. Empty for none.")]
    public string VaultFileDirectory { get; init; } = "";

    [Description("Price books of LLM models: files in Weir's price format; a later one wins over an earlier one. See examples/prices.json.")]
    public IReadOnlyList<string> LlmPrices { get; init; } = [];

    [Description("PEM file of the public key that price books are signed with (FILE.sig beside each); empty accepts unsigned ones.")]
    public string LlmPricesKey { get; init; } = "";

    [Description("What becomes of calls to models without prices: allow, estimate (at the dearest prices of their provider) or block.")]
    [AllowedValues("allow", "estimate", "block")]
    public string LlmUnpriced { get; init; } = "allow";

    [Description("Folder of the usage ledger: one record per LLM call, on the disk before the answer's end goes out. Empty for none. Read it with weir usage.")]
    public string UsageLedger { get; init; } = "";

    [Description("Where budgets and token limits are counted: memory (this node alone), redis or postgres (exact over all nodes).")]
    public LimitsStoreKind LimitsStore { get; init; } = LimitsStoreKind.Memory;

    [Description("Redis for limits_store: host:port, or the path of a Unix socket; several for sentinels or a cluster.")]
    public IReadOnlyList<string> LimitsRedis { get; init; } = [];

    [Description("What the addresses of limits_redis are: the server, sentinels that know it, or nodes of a cluster.")]
    public LimitsRedisTopology LimitsRedisTopology { get; init; } = LimitsRedisTopology.Single;

    [Description("Name under which the sentinels know the server.")]
    public string LimitsRedisMaster { get; init; } = "mymaster";

    [Description("User name at Redis; empty for the default user.")]
    public string LimitsRedisUsername { get; init; } = "";

    [Description("Password at Redis; empty to send none."), Secret]
    public string LimitsRedisPassword { get; init; } = "";

    [Description("Number of the Redis database."), Range(0, 65_535)]
    public int LimitsRedisDatabase { get; init; }

    [Description("Connect to Redis with TLS.")]
    public bool LimitsRedisTls { get; init; }

    [Description("Verify Redis's certificate.")]
    public bool LimitsRedisTlsVerify { get; init; } = true;

    [Description("Begins all keys in Redis. Nodes with the same one share their budgets.")]
    public string LimitsRedisNamespace { get; init; } = "weir";

    [Description("PostgreSQL for limits_store, as Host=db;Username=weir;Database=weir. The schema weir_limits is made in it."), Secret]
    public string LimitsPostgres { get; init; } = "";

    [Description("Password at PostgreSQL; empty for the one of limits_postgres, or none."), Secret]
    public string LimitsPostgresPassword { get; init; } = "";

    [Description("What happens to calls while that store is away: closed (refused), open (let through, unwatched), node (each node counts for itself).")]
    public LimitsStoreAway LimitsStoreAway { get; init; } = LimitsStoreAway.Closed;

    [Description("Seconds after which what a dead node had reserved comes back. Nodes that are alive renew thrice in that time."), Range(3, 3600)]
    public int LimitsLeaseSeconds { get; init; } = 60;

    [Description("Output tokens that an LLM call reserves which states no limit of them, to a model whose own limit is not known."), Range(1, 10_000_000)]
    public int LlmOutputTokensAssumed { get; init; } = 4096;

    [Description("Output tokens that a stream without a limit of tokens reserves at a time, where its budgets end streams."), Range(16, 1_000_000)]
    public int LlmStreamTokensReserved { get; init; } = 1024;

    [Description("OpenTelemetry collector that gets spans and metrics of LLM calls over OTLP/HTTP, as http://host:4318; empty for none.")]
    public string OtlpEndpoint { get; init; } = "";

    [Description("Headers for the collector, as name=value.")]
    [Secret]
    public IReadOnlyList<string> OtlpHeaders { get; init; } = [];

    [Description("Share of the LLM calls that are traced where the client's trace does not decide: 0 to 1."), Range(0.0, 1.0)]
    public double OtlpSampling { get; init; } = 1;

    [Description("DNS servers as address:port; empty for those of /etc/resolv.conf.")]
    public IReadOnlyList<string> DnsResolver { get; init; } = [];
}

enum RbacEnforcement
{
    [JsonStringEnumMemberName("auto")] Auto,
    [JsonStringEnumMemberName("on")] On,
    [JsonStringEnumMemberName("off")] Off,
}

enum TransportKind
{
    [JsonStringEnumMemberName("loops")] Loops,
    [JsonStringEnumMemberName("sockets")] Sockets,
}

/// <summary>Where budgets and limits are counted.</summary>
enum LimitsStoreKind
{
    [JsonStringEnumMemberName("memory")] Memory,
    [JsonStringEnumMemberName("redis")] Redis,
    [JsonStringEnumMemberName("postgres")] Postgres,
}

enum LimitsRedisTopology
{
    [JsonStringEnumMemberName("single")] Single,
    [JsonStringEnumMemberName("sentinel")] Sentinel,
    [JsonStringEnumMemberName("cluster")] Cluster,
}

/// <summary>What happens to calls while the store of budgets is away.</summary>
enum LimitsStoreAway
{
    [JsonStringEnumMemberName("closed")] Closed,
    [JsonStringEnumMemberName("open")] Open,
    [JsonStringEnumMemberName("node")] Node,
}

enum AccessLogForm
{
    [JsonStringEnumMemberName("off")] Off,
    [JsonStringEnumMemberName("json")] Json,
    [JsonStringEnumMemberName("text")] Text,
}

[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeSettings))]
sealed partial class NodeSettingsJson : JsonSerializerContext;
