using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Limits.Tests;

/// <summary>A server that answers PING and then says what a test wants, whatever it is asked.</summary>
sealed class ScriptedServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Task _serving;
    int _connections;

    public ScriptedServer(Func<string, string?> answer)
    {
        _listener.Start();
        _serving = ServeAsync(answer);
    }

    public RedisEndpoint Endpoint => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    async Task ServeAsync(Func<string, string?> answer)
    {
        var clients = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                clients.Add(AnswerAsync(client, answer));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    /// <summary>Null closes the connection; an empty answer is none.</summary>
    async Task AnswerAsync(TcpClient client, Func<string, string?> answer)
    {
        using (client)
        {
            var buffer = new byte[4096];
            try
            {
                while (await client.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
                {
                    var asked = Encoding.UTF8.GetString(buffer, 0, read);
                    var said = asked.Contains("PING", StringComparison.Ordinal) ? "+PONG\r\n" : answer(asked);
                    if (said is null) return;
                    await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(said), _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The test is over, or the client has left.
            }
        }
    }
}
