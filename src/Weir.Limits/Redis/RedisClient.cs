namespace Weir.Limits;

/// <summary>Commands to one master, be it named or found by sentinels.</summary>
sealed class RedisClient : IRedis
{
    readonly RedisNode _node;

    RedisClient(RedisNode node) => _node = node;

    /// <summary>A client as the options say. Connects with the first command.</summary>
    public static IRedis Open(RedisOptions options, TimeProvider time, Random random)
    {
        if (options.Endpoints.Count == 0) throw new ArgumentException("At least one endpoint is expected.", nameof(options));
        var dial = new RedisDial(options, time);
        return options.Topology switch
        {
            RedisTopology.Cluster => new RedisCluster(options, dial, time, random),
            RedisTopology.Sentinel => new RedisClient(new RedisNode(new RedisSentinels(options, dial).OpenMasterAsync, options, time, random)),
            _ => new RedisClient(new RedisNode(
                cancellation => dial.OpenAsync(options.Endpoints[0], options.Username, options.Password, options.Database, cancellation),
                options, time, random)),
        };
    }

    public ValueTask<RedisValue> ExecuteAsync(RedisCommand command, CancellationToken cancellation) =>
        _node.ExecuteAsync(command, isAsking: false, cancellation);

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
