using System.Net.Sockets;

namespace Weir.Gateway;

/// <summary>A plain TCP stream over the runtime's sockets.</summary>
sealed class SocketTransport(Socket socket) : IUpstreamTransport
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var send = socket.SendAsync(bytes, SocketFlags.None);
        if (!send.IsCompletedSuccessfully) return SendRestAsync(send, bytes);
        var sent = send.Result;
        return sent == bytes.Length ? default : SendRestAsync(new(sent), bytes);
    }

    public bool IsQuiet() => socket.IsQuiet();

    public ValueTask ShutdownSendAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return default;
    }

    public void Abort() => socket.Dispose();

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask SendRestAsync(ValueTask<int> send, ReadOnlyMemory<byte> bytes)
    {
        var sent = await send;
        while (sent < bytes.Length)
        {
            bytes = bytes[sent..];
            sent = await socket.SendAsync(bytes, SocketFlags.None);
        }
    }
}

static class SocketQuiet
{
    /// <summary>Whether nothing can be read from the socket, not even its end. A closed socket is not quiet.</summary>
    public static bool IsQuiet(this Socket socket)
    {
        try
        {
            return !socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
