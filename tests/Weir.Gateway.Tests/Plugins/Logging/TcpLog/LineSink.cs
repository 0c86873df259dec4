using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace Weir.Gateway.Tests.Plugins;

/// <summary>A server that reads lines, over TCP or TLS, and can go away and come back on the same port.</summary>
sealed class LineSink : IDisposable
{
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    readonly Channel<string?> _closed = Channel.CreateUnbounded<string?>();
    readonly List<Socket> _connections = [];
    readonly X509Certificate2? _certificate;
    TcpListener? _listener;

    public LineSink(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        _listener = probe;
        _ = AcceptAsync(probe);
    }

    public int Port { get; }
    public int Connections { get; private set; }
    public string? ServerName { get; private set; }

    public async Task<string> NextAsync() => await _lines.Reader.ReadAsync();

    /// <summary>Waits until a connection has ended.</summary>
    public async Task ClosedAsync() => await _closed.Reader.ReadAsync();

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

    public void Dispose() => Stop();

    async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync();
                Connections++;
                lock (_connections) _connections.Add(socket);
                _ = ReadAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    async Task ReadAsync(Socket socket)
    {
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate });
                ServerName = tls.TargetHostName;
                stream = tls;
            }
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is { } line) _lines.Writer.TryWrite(line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or AuthenticationException or SocketException)
        {
            // The connection was cut, or the client did not like the certificate.
        }
        _closed.Writer.TryWrite(null);
    }
}
