using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Weir.Gateway;

/// <summary>Makes listening sockets.</summary>
static unsafe class ListeningSocket
{
    /// <summary>Connections that the kernel holds until they are accepted; it cuts this down to net.core.somaxconn.</summary>
    const int BacklogMax = 4096;

    /// <summary>
    /// Sockets that listen to the same address. Any other that does so already is an error: the option that lets our sockets share an address would let
    /// another process of the same user take half of our connections as well.
    /// </summary>
    public static int[] Open(IPEndPoint endpoint, int count, out IPEndPoint bound)
    {
        // For a port of the kernel's choice it never chooses one that is shared.
        if (endpoint.Port != 0) _ = Libc.Close(Open(endpoint, shared: false));
        var sockets = new List<int>(count) { Open(endpoint, shared: true) };
        bound = Bound(sockets[0]);
        try
        {
            while (sockets.Count < count) sockets.Add(Open(bound, shared: true));
        }
        catch
        {
            foreach (var socket in sockets) _ = Libc.Close(socket);
            throw;
        }
        return [.. sockets];
    }

    static int Open(IPEndPoint endpoint, bool shared)
    {
        var family = endpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? Libc.Ipv4 : Libc.Ipv6;
        var socket = Libc.Socket(family, Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        if (socket < 0) throw Failure(endpoint, Libc.LastError);
        Libc.SetOption(socket, Libc.SocketLevel, Libc.ReuseAddress, 1);
        if (shared) Libc.SetOption(socket, Libc.SocketLevel, Libc.ReusePort, 1);
        // [::] takes IPv4 as well, as it does with Kestrel's own sockets.
        if (family == Libc.Ipv6) Libc.SetOption(socket, Libc.Ipv6Level, Libc.Ipv6Only, endpoint.Address.Equals(IPAddress.IPv6Any) ? 0 : 1);
        var name = stackalloc byte[SocketName.BytesMax];
        var length = SocketName.Write(endpoint, new(name, SocketName.BytesMax));
        if (Libc.Bind(socket, name, length) == 0 && (!shared || Libc.Listen(socket, BacklogMax) == 0)) return socket;
        var error = Libc.LastError;
        _ = Libc.Close(socket);
        throw Failure(endpoint, error);
    }

    /// <summary>The address that a socket listens to.</summary>
    public static IPEndPoint Bound(int socket)
    {
        var name = stackalloc byte[SocketName.BytesMax];
        var length = SocketName.BytesMax;
        _ = Libc.LocalAddress(socket, name, &length);
        return SocketName.Read(new(name, SocketName.BytesMax));
    }

    static Exception Failure(IPEndPoint endpoint, int error) =>
        error == Libc.AddressInUse ? new AddressInUseException(Libc.Text(error)) : new IOException($"Listening to {endpoint} failed: {Libc.Text(error)}");
}
