using System.Net;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>A client's plain connection to a gateway on this machine.</summary>
static class ClientSocket
{
    const int ReceiveTimeoutMs = 5000;

    public static Socket Open(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = ReceiveTimeoutMs };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
