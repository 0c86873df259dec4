using System.Diagnostics;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>A keep-alive connection whose answers are streams of events; nothing is allocated per event.</summary>
sealed class StreamConnection : IClientConnection
{
    readonly byte[] _buffer = new byte[16 * 1024];
    readonly int _port;
    Socket _socket;

    /// <summary>The last bytes received, in case a mark was cut.</summary>
    ulong _tail;

    public StreamConnection(int port)
    {
        _port = port;
        _socket = ClientSocket.Open(port);
    }

    public int Descriptor => (int)_socket.Handle;

    /// <summary>Events of the answer so far.</summary>
    public int Events { get; private set; }

    /// <summary>Whether an answer is under way.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>When its last event came.</summary>
    public long LastTicks { get; set; }

    public void Send(byte[] request)
    {
        (Events, IsBusy, _tail, LastTicks) = (0, true, 0, Stopwatch.GetTimestamp());
        _socket.Send(request);
    }

    /// <summary>One receive; how many events ended in it. Throws when the connection ended, or the answer is no success.</summary>
    public int Receive()
    {
        var count = _socket.Receive(_buffer);
        if (count == 0)
            throw new SocketException((int)SocketError.ConnectionReset);
        var bytes = _buffer.AsSpan(0, count);
        if (_tail == 0 && !bytes.StartsWith("HTTP/1.1 200 "u8))
            throw new SocketException((int)SocketError.ProtocolNotSupported);
        var before = Events;
        foreach (var each in bytes)
        {
            _tail = (_tail << 8) | each;
            if ((ushort)_tail == 0x0a0a)
                Events++;
        }

        // "0\r\n\r\n", the end of a chunked body.
        IsBusy = (_tail & 0xff_ffff_ffff) != 0x30_0d0a_0d0a;
        return Events - before;
    }

    public void Reopen()
    {
        _socket.Dispose();
        _socket = ClientSocket.Open(_port);
        IsBusy = false;
    }

    public void Dispose() => _socket.Dispose();
}
