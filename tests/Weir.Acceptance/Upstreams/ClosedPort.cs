using System.Net;
using System.Net.Sockets;

namespace Weir.Acceptance;

/// <summary>A port on which nobody listens: bound, so that nobody else gets it, but connections are refused.</summary>
sealed class ClosedPort : IDisposable
{
    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
