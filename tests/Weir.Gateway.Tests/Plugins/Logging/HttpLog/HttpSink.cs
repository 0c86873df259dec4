using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Weir.Gateway.Tests.Plugins;

/// <summary>A log server on a raw socket: it answers what a test says, stalls, goes away, and comes back on the same port.</summary>
sealed class HttpSink : IAsyncDisposable
{
    readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    readonly List<Socket> _connections = [];
    TcpListener? _listener;
    int _requests;

    public HttpSink()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        _listener = probe;
        _ = AcceptAsync(probe);
    }

    public int Port { get; }

    /// <summary>Status of the answer by the request's number from 0; null for no answer at all.</summary>
    public Func<int, int?> Answer { get; set; } = static _ => 200;

    public int Connections { get; private set; }

    public async Task<Received> NextAsync() => await _received.Reader.ReadAsync();

    public void Stop()
    {
        _listener?.Dispose();
        _listener = null;
        lock (_connections)
        {
            foreach (var connection in _connections) connection.Dispose();
            _connections.Clear();
        }
    }

    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        return default;
    }

    async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync();
                Connections++;
                lock (_connections) _connections.Add(socket);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            while (await reader.ReadLineAsync() is { } line)
            {
                var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                    headers[header.Split(": ")[0]] = header[(header.IndexOf(": ") + 2)..];
                var body = new char[int.Parse(headers["Content-Length"])];
                await reader.ReadBlockAsync(body);
                var answer = Answer(_requests++);
                _received.Writer.TryWrite(new Received(line, headers, new string(body)));
                if (answer is { } status)
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nLocation: /\r\n\r\nok"));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The connection was cut.
        }
    }
}

/// <summary>A request as the log server got it.</summary>
sealed record Received(string Line, Dictionary<string, string> Headers, string Body);
