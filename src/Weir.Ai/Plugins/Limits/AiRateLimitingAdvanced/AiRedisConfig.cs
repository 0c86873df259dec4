using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Limits;

namespace Weir.Ai.Plugins;

/// <summary>How the Redis of a limit is reached, in Kong's terms.</summary>
[Shorthand("timeout", "connect_timeout")]
sealed record AiRedisConfig
{
    [Description("Host name or address of the server."), Format(TextFormat.Host), Referenceable]
    public string Host { get; init; } = "127.0.0.1";

    [Description("Port of the server."), Range(0, 65535), Referenceable]
    public int Port { get; init; } = 6379;

    [Description("Time for connecting, in milliseconds."), Range(0, 2147483646)]
    public int ConnectTimeout { get; init; } = 2000;

    [Description("Time for sending, in milliseconds."), Range(0, 2147483646)]
    public int SendTimeout { get; init; } = 2000;

    [Description("Time until a reply, in milliseconds."), Range(0, 2147483646)]
    public int ReadTimeout { get; init; } = 2000;

    [Description("User name; unset for the default user."), Referenceable]
    public string? Username { get; init; }

    [Description("Password; unset to send no AUTH command."), Secret]
    public string? Password { get; init; }

    [Description("Number of the database.")]
    public int Database { get; init; }

    [Description("Connect with TLS.")]
    public bool Ssl { get; init; }

    [Description("Verify the server's certificate."), DefaultSince("3.14", "true")]
    public bool SslVerify { get; init; }

    [Description("Server name sent in the TLS handshake."), Format(TextFormat.Sni), Referenceable]
    public string? ServerName { get; init; }

    [Description("Name under which sentinels know the server.")]
    public string? SentinelMaster { get; init; }

    [Description("Which server of the sentinels is used: always the master, which alone counts.")]
    public AiRedisRole? SentinelRole { get; init; }

    [Description("Sentinels that know the server."), MinLength(1)]
    public IReadOnlyList<AiRedisSentinel>? SentinelNodes { get; init; }

    [Description("Sentinels as host:port: the older form of sentinel_nodes."), MinLength(1)]
    public IReadOnlyList<string>? SentinelAddresses { get; init; }

    [Description("User name at the sentinels."), Referenceable]
    public string? SentinelUsername { get; init; }

    [Description("Password at the sentinels."), Secret]
    public string? SentinelPassword { get; init; }

    [Description("Nodes of a cluster."), MinLength(1)]
    public IReadOnlyList<AiRedisClusterNode>? ClusterNodes { get; init; }

    [Description("Nodes of a cluster as host:port: the older form of cluster_nodes."), MinLength(1)]
    public IReadOnlyList<string>? ClusterAddresses { get; init; }

    [Description("Redirections of one command that are followed in a cluster. Weir has a bound of its own.")]
    public int? ClusterMaxRedirections { get; init; }

    [Description("Size of Kong's connection pool. Weir shares one connection.")]
    public int? KeepalivePoolSize { get; init; }

    [Description("Queue before Kong's connection pool. Weir shares one connection.")]
    public int? KeepaliveBacklog { get; init; }

    [Description("A proxy stands before Redis. Without meaning here.")]
    public bool ConnectionIsProxied { get; init; }

    [Description("Log in with a cloud identity, which is not supported yet.")]
    public JsonElement? CloudAuthentication { get; init; }

    /// <summary>Names the server and the login without showing a secret: the same for configurations that can share a connection.</summary>
    internal string Identity =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, AiRateLimitingAdvancedJson.Default.AiRedisConfig)));

    internal RedisOptions ToOptions() => new()
    {
        Endpoints = HasSentinels ? Endpoints(SentinelNodes?.Select(static node => new RedisEndpoint(node.Host, node.Port)), SentinelAddresses)
            : HasCluster ? Endpoints(ClusterNodes?.Select(static node => new RedisEndpoint(node.Ip, node.Port)), ClusterAddresses)
            : [new RedisEndpoint(Host, Port)],
        Topology = HasSentinels ? RedisTopology.Sentinel : HasCluster ? RedisTopology.Cluster : RedisTopology.Single,
        SentinelMaster = SentinelMaster ?? "mymaster",
        SentinelUsername = SentinelUsername,
        SentinelPassword = SentinelPassword,
        Username = Username,
        Password = Password,
        Database = Database,
        UseTls = Ssl,
        VerifyTls = SslVerify,
        TlsServerName = ServerName,
        ConnectTimeout = Timeout(ConnectTimeout),
        CommandTimeout = Timeout(Math.Max(SendTimeout, ReadTimeout)),
    };

    public static void Check(AiRedisConfig redis, Problems problems)
    {
        if (redis.CloudAuthentication is { ValueKind: not JsonValueKind.Null })
            problems.Add("redis.cloud_authentication", "logging in with a cloud identity is not supported yet");
        if (redis is { HasSentinels: true, HasCluster: true })
            problems.Add("redis", "only one of these fields may be set: 'sentinel_nodes', 'cluster_nodes'");
        if (redis.HasSentinels != redis.SentinelMaster is not null)
            problems.Add("redis", "all or none of these fields must be set: 'sentinel_master', 'sentinel_nodes'");
        if (redis.SentinelRole is AiRedisRole.Slave) problems.Add("redis.sentinel_role", "must be master: a replica cannot count");
        if (redis is { HasCluster: true, Database: not 0 }) problems.Add("redis.database", "must be 0 in a cluster");
        CheckAddresses(redis.SentinelAddresses, "redis.sentinel_addresses", problems);
        CheckAddresses(redis.ClusterAddresses, "redis.cluster_addresses", problems);
    }

    bool HasSentinels => SentinelNodes is not null || SentinelAddresses is not null;

    bool HasCluster => ClusterNodes is not null || ClusterAddresses is not null;

    static void CheckAddresses(IReadOnlyList<string>? addresses, string field, Problems problems)
    {
        for (var i = 0; i < (addresses?.Count ?? 0); i++)
            if (EndpointOf(addresses![i]) is null) problems.Add($"{field}[{i}]", $"invalid value '{addresses[i]}': expected host:port");
    }

    static RedisEndpoint[] Endpoints(IEnumerable<RedisEndpoint>? nodes, IReadOnlyList<string>? addresses) =>
        [.. nodes ?? [], .. (addresses ?? []).Select(static address => EndpointOf(address)!.Value)];

    static RedisEndpoint? EndpointOf(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new RedisEndpoint(address[..colon].Trim('[', ']'), port) : null;
    }

    // Zero is no time at all; Kong means its smallest.
    static TimeSpan Timeout(int ms) => TimeSpan.FromMilliseconds(Math.Max(1, ms));
}

/// <summary>A sentinel.</summary>
sealed record AiRedisSentinel
{
    [Description("Host name or address.")]
    public string Host { get; init; } = "127.0.0.1";

    [Description("Port."), Range(0, 65535)]
    public int Port { get; init; } = 6379;
}

/// <summary>A node of a cluster.</summary>
sealed record AiRedisClusterNode
{
    [Description("Host name or address.")]
    public string Ip { get; init; } = "127.0.0.1";

    [Description("Port."), Range(0, 65535)]
    public int Port { get; init; } = 6379;
}

/// <summary>Servers behind sentinels.</summary>
enum AiRedisRole
{
    [JsonStringEnumMemberName("any")] Any,
    [JsonStringEnumMemberName("master")] Master,
    [JsonStringEnumMemberName("slave")] Slave,
}
