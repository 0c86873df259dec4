namespace Weir.Gateway;

/// <summary>
/// An open byte stream to an upstream. One receive and one send may be under way at the same time. Failures of the network are thrown as
/// <see cref="IOException"/>, <see cref="System.Net.Sockets.SocketException"/> or <see cref="ObjectDisposedException"/>.
/// </summary>
interface IUpstreamTransport
{
    /// <summary>The event loop on which operations cost no hop between threads; null where there are no loops.</summary>
    EventLoop? Loop => null;

    /// <summary>Receives at least one byte; 0 when the upstream has ended its side.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of <paramref name="bytes"/>.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Whether the stream is open with nothing to read. Between two requests anything readable is an end or an answer nobody asked for.</summary>
    bool IsQuiet();

    /// <summary>Ends our side; the upstream may still send.</summary>
    ValueTask ShutdownSendAsync();

    /// <summary>Closes the stream. Safe from any thread, any number of times; operations under way fail.</summary>
    void Abort();
}
