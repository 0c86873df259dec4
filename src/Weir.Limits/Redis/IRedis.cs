namespace Weir.Limits;

/// <summary>
/// A Redis server, a server behind sentinels, or a cluster. Safe for concurrent use; commands of many callers share one connection per server and are
/// answered in order. Never throws for what a server does: see <see cref="RedisKind.Error"/> and <see cref="RedisKind.Unavailable"/>.
/// </summary>
interface IRedis : IAsyncDisposable
{
    /// <summary>Sends a command and waits for its reply. While a server is known to be away, that is <see cref="RedisKind.Unavailable"/> at once.</summary>
    ValueTask<RedisValue> ExecuteAsync(RedisCommand command, CancellationToken cancellation);

    /// <summary>Runs a script by its name, sending it whole when the server does not know it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Keys it touches; all with one hash tag.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="cancellation">Ends the wait.</param>
    async ValueTask<RedisValue> EvaluateAsync(
        RedisScript script, ReadOnlyMemory<RedisArg> keys, ReadOnlyMemory<RedisArg> args, CancellationToken cancellation)
    {
        var reply = await ExecuteAsync(Command("EVALSHA", script.Sha), cancellation);
        return reply.IsError("NOSCRIPT"u8) ? await ExecuteAsync(Command("EVAL", script.Text), cancellation) : reply;

        RedisCommand Command(string verb, string body)
        {
            RedisArg[] all = [verb, body, keys.Length, .. keys.Span, .. args.Span];
            return keys.IsEmpty ? RedisCommand.Of(all) : RedisCommand.OfKey(keys.Span[0].ToString(), all);
        }
    }
}
