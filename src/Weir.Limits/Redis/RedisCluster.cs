using System.Collections.Concurrent;

namespace Weir.Limits;

/// <summary>Commands to a cluster: each to the node that has its slot. Follows redirections, and learns the map anew when it proves old.</summary>
sealed class RedisCluster(RedisOptions options, RedisDial dial, TimeProvider time, Random random) : IRedis
{
    const int RedirectionsMax = 5;

    /// <summary>Between two readings of the map, however many redirections ask for one.</summary>
    static readonly TimeSpan MapPause = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<RedisEndpoint, RedisNode> _nodes = new();
    readonly Lock _lock = new();
    RedisEndpoint[]? _slots;
    Task<RedisValue>? _mapping;
    long _mappedAt;

    public async ValueTask<RedisValue> ExecuteAsync(RedisCommand command, CancellationToken cancellation)
    {
        var slots = Volatile.Read(ref _slots);
        if (slots is null)
        {
            var learnt = await LearnAsync(isForced: true)!.WaitAsync(cancellation);
            if (learnt.IsFailure) return learnt;
            slots = Volatile.Read(ref _slots)!;
        }
        var endpoint = slots[command.Slot == RedisCommand.AnySlot ? 0 : command.Slot];
        var isAsking = false;
        for (var redirections = 0; redirections <= RedirectionsMax; redirections++)
        {
            if (endpoint == default) break;
            var reply = await NodeAt(endpoint).ExecuteAsync(command, isAsking, cancellation);
            if (reply.Kind == RedisKind.Unavailable) _ = LearnAsync(isForced: false);
            if (reply.Kind != RedisKind.Error) return reply;
            if (reply.IsError("CLUSTERDOWN"u8) || reply.IsError("TRYAGAIN"u8)) return RedisValue.Unavailable(reply.Text);
            if (Redirection.Parse(reply, endpoint) is not { } redirection) return reply;
            (endpoint, isAsking) = (redirection.To, redirection.IsAsk);
            if (!isAsking) slots[redirection.Slot] = endpoint;
            if (!isAsking) _ = LearnAsync(isForced: false);
        }
        _ = LearnAsync(isForced: false);
        return RedisValue.Unavailable("the cluster has no node for this slot now");
    }

    public async ValueTask DisposeAsync()
    {
        Task? mapping;
        lock (_lock) mapping = _mapping;
        if (mapping is not null) await mapping;
        foreach (var node in _nodes.Values) await node.DisposeAsync();
    }

    RedisNode NodeAt(RedisEndpoint endpoint) => _nodes.GetOrAdd(endpoint, static (at, cluster) => cluster.NewNode(at), this);

    RedisNode NewNode(RedisEndpoint at) =>
        new(cancellation => dial.OpenAsync(at, options.Username, options.Password, 0, cancellation), options, time, random);

    /// <summary>Reads the map from whichever node answers; null when it was read a moment ago and need not be.</summary>
    Task<RedisValue>? LearnAsync(bool isForced)
    {
        lock (_lock)
        {
            if (_mapping is { IsCompleted: false }) return _mapping;
            if (!isForced && time.GetElapsedTime(_mappedAt) < MapPause) return null;
            _mappedAt = time.GetTimestamp();
            return _mapping = Task.Run(ReadMapAsync);
        }
    }

    async Task<RedisValue> ReadMapAsync()
    {
        var last = RedisValue.Unavailable("no node of the cluster is known");
        foreach (var endpoint in _nodes.Keys.Concat(options.Endpoints).Distinct())
        {
            last = await NodeAt(endpoint).ExecuteAsync(RedisCommand.Of("CLUSTER", "SLOTS"), isAsking: false, CancellationToken.None);
            if (last.Kind != RedisKind.Items) continue;
            if (Redirection.ReadMap(last, endpoint) is not { } slots) continue;
            Volatile.Write(ref _slots, slots);
            return last;
        }
        return last.IsFailure ? RedisValue.Unavailable(last.Text) : RedisValue.Unavailable("the cluster has no slots");
    }
}
