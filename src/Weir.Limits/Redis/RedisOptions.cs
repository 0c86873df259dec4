namespace Weir.Limits;

/// <summary>How servers are found behind the endpoints.</summary>
enum RedisTopology
{
    /// <summary>The one endpoint is the server.</summary>
    Single,

    /// <summary>The endpoints are sentinels, which know the master.</summary>
    Sentinel,

    /// <summary>The endpoints are nodes of a cluster, which know each other.</summary>
    Cluster,
}

/// <summary>How Redis is reached.</summary>
sealed record RedisOptions
{
    public required IReadOnlyList<RedisEndpoint> Endpoints { get; init; }

    public RedisTopology Topology { get; init; } = RedisTopology.Single;

    /// <summary>The name under which sentinels know the master.</summary>
    public string SentinelMaster { get; init; } = "mymaster";

    public string? SentinelUsername { get; init; }

    public string? SentinelPassword { get; init; }

    /// <summary>User of Redis's access lists; null for the default user.</summary>
    public string? Username { get; init; }

    /// <summary>Null to send no AUTH.</summary>
    public string? Password { get; init; }

    /// <summary>Database; a cluster has only 0.</summary>
    public int Database { get; init; }

    public bool UseTls { get; init; }

    /// <summary>Whether the server's certificate must be valid for its name.</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary>Name sent and expected in the TLS handshake; the host when null.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>For a connection with its handshakes.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From a command to its reply. One that is later ends the connection: replies come in order, so all behind it are late too.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Commands under way on one connection; further ones are answered <see cref="RedisKind.Unavailable"/>.</summary>
    public int PendingMax { get; init; } = 10_000;

    /// <summary>Pause after a failed attempt to connect; doubles with each one up to <see cref="RetryPauseMax"/>, and varies by a quarter.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(5);
}
