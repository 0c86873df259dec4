using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Gateway.Tests;

/// <summary>
/// An upstream on a real loopback socket that does exactly what a test tells it: each accepted connection runs the next script. Scripts end the
/// connection when they return, unless they wait for the client first.
/// </summary>
sealed class ScriptedUpstream : IAsyncDisposable
{
    readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly CancellationTokenSource _stop = new();
    readonly Func<UpstreamPeer, Task>[] _scripts;
    readonly Task _accepting;
    readonly List<Task> _running = [];

    /// <summary>Connections beyond the last script run the last script again.</summary>
    public ScriptedUpstream(params Func<UpstreamPeer, Task>[] scripts)
    {
        _scripts = scripts;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(128);
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public int Accepted { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                var script = _scripts[Math.Min(Accepted++, _scripts.Length - 1)];
                _running.Add(RunAsync(script, socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    async Task RunAsync(Func<UpstreamPeer, Task> script, Socket socket)
    {
        await using var peer = new UpstreamPeer(socket, _stop.Token);
        try
        {
            await script(peer);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The client under test may go away at any point of the script.
        }
    }
}

/// <summary>The upstream's end of one connection.</summary>
sealed class UpstreamPeer(Socket socket, CancellationToken stop) : IAsyncDisposable
{
    readonly byte[] _buffer = new byte[64 * 1024];
    readonly StringBuilder _received = new();

    public Socket Socket => socket;

    public CancellationToken Stop => stop;

    /// <summary>All received and not yet taken by an expectation.</summary>
    public string Pending => _received.ToString();

    public async Task SendAsync(string bytes) => await SendAsync(Encoding.Latin1.GetBytes(bytes));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, stop)..];
    }

    /// <summary>Receives up to and with the blank line that ends a head.</summary>
    public Task<string> ExpectHeadAsync() => ExpectAsync("\r\n\r\n");

    /// <summary>Receives until <paramref name="end"/> has come; returns everything up to and with it.</summary>
    public async Task<string> ExpectAsync(string end)
    {
        int at;
        while ((at = _received.ToString().IndexOf(end, StringComparison.Ordinal)) < 0) await ReceiveAsync();
        return Take(at + end.Length);
    }

    public async Task<string> ExpectBytesAsync(int count)
    {
        while (_received.Length < count) await ReceiveAsync();
        return Take(count);
    }

    /// <summary>Receives until the client has ended its side.</summary>
    public async Task<string> ExpectEndAsync()
    {
        while (true)
        {
            var count = await socket.ReceiveAsync(_buffer, SocketFlags.None, stop);
            if (count == 0) return Take(_received.Length);
            _received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        }
    }

    /// <summary>Ends the connection with a reset instead of an orderly end.</summary>
    public void Reset()
    {
        socket.LingerState = new(true, 0);
        socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
        socket.Dispose();
        return default;
    }

    string Take(int count)
    {
        var taken = _received.ToString(0, count);
        _received.Remove(0, count);
        return taken;
    }

    async Task ReceiveAsync()
    {
        var count = await socket.ReceiveAsync(_buffer, SocketFlags.None, stop);
        if (count == 0) throw new EndOfStreamException("The client ended the connection before what was expected: " + _received);
        _received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
    }
}
