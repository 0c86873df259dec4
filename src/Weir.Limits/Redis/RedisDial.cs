using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Weir.Limits;

/// <summary>Why there is no connection. Caught where connections are made and told to callers as a value.</summary>
sealed class RedisConnectException(string message) : Exception(message);

/// <summary>Opens connections: socket, TLS, login, database.</summary>
sealed class RedisDial(RedisOptions options, TimeProvider time)
{
    /// <exception cref="RedisConnectException">With the server and the reason.</exception>
    public async Task<RedisConnection> OpenAsync(RedisEndpoint endpoint, string? username, string? password, int database, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        RedisConnection? connection = null;
        try
        {
            connection = new RedisConnection(await StreamAsync(endpoint, both.Token), options, time);
            await LogInAsync(connection, username, password, database).WaitAsync(both.Token);
            return connection;
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException or RedisConnectException
            or ArgumentException or InvalidOperationException)
        {
            if (connection is not null) await connection.DisposeAsync();
            var reason = e is OperationCanceledException ? $"not connected within {options.ConnectTimeout.TotalMilliseconds} ms" : e.Message;
            throw new RedisConnectException($"Redis at {endpoint}: {reason}");
        }
    }

    async Task<Stream> StreamAsync(RedisEndpoint endpoint, CancellationToken cancellation)
    {
        var socket = endpoint.IsUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(endpoint.Socket, cancellation);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (!options.UseTls) return stream;
            var tls = new SslStream(stream);
            stream = tls;
            var client = new SslClientAuthenticationOptions { TargetHost = options.TlsServerName ?? endpoint.Host };
            // What ssl_verify: false asks for, in writing.
#pragma warning disable CA5359
            if (!options.VerifyTls) client.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(client, cancellation);
            return stream;
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    static async Task LogInAsync(RedisConnection connection, string? username, string? password, int database)
    {
        if (password is not null)
            await ExpectAsync(username is null ? RedisCommand.Of("AUTH", password) : RedisCommand.Of("AUTH", username, password), "AUTH");
        if (database != 0) await ExpectAsync(RedisCommand.Of("SELECT", database), $"SELECT {database}");
        // A server that accepts and closes, or is still loading its data, is not up.
        await ExpectAsync(RedisCommand.Of("PING"), "PING");

        async Task ExpectAsync(RedisCommand command, string name)
        {
            var reply = await connection.SendAsync(command);
            if (reply.IsFailure) throw new RedisConnectException($"{name}: {reply.Text}");
        }
    }
}
