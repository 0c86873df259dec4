using System.Globalization;

namespace Weir.Limits;

/// <summary>Asks sentinels for the master, one after another until one knows it and the server agrees that it is the master.</summary>
sealed class RedisSentinels(RedisOptions options, RedisDial dial)
{
    public async Task<RedisConnection> OpenMasterAsync(CancellationToken cancellation)
    {
        var reasons = new List<string>();
        foreach (var sentinel in options.Endpoints)
        {
            try
            {
                var master = await AskAsync(sentinel, cancellation);
                var connection = await dial.OpenAsync(master, options.Username, options.Password, options.Database, cancellation);
                // Right after a failover a sentinel may still name the old one.
                if (await connection.SendAsync(RedisCommand.Of("ROLE")) is { Items: [{ Text: "master" }, ..] }) return connection;
                await connection.DisposeAsync();
                reasons.Add($"{master} is not a master");
            }
            catch (RedisConnectException e)
            {
                reasons.Add(e.Message);
            }
        }
        throw new RedisConnectException($"no sentinel leads to the master '{options.SentinelMaster}': {string.Join("; ", reasons)}");
    }

    async Task<RedisEndpoint> AskAsync(RedisEndpoint sentinel, CancellationToken cancellation)
    {
        await using var connection = await dial.OpenAsync(sentinel, options.SentinelUsername, options.SentinelPassword, 0, cancellation);
        var reply = await connection.SendAsync(RedisCommand.Of("SENTINEL", "get-master-addr-by-name", options.SentinelMaster));
        if (reply is { Items: [{ Text: { Length: > 0 } host }, var port] }
            && int.TryParse(port.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return new RedisEndpoint(host, number);
        throw new RedisConnectException($"sentinel {sentinel}: {(reply.IsFailure ? reply.Text : "knows no such master")}");
    }
}
