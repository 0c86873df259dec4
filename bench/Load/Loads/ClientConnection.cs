using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>A keep-alive connection of the harness's own senders: one request under way, small answers, nothing allocated per request.</summary>
sealed class ClientConnection : IClientConnection
{
    const int AnswerBytesMax = 16 * 1024;

    readonly byte[] _answer = new byte[AnswerBytesMax];
    readonly int _port;
    Socket _socket;
    int _received;

    public ClientConnection(int port)
    {
        _port = port;
        _socket = ClientSocket.Open(port);
    }

    public int Descriptor => (int)_socket.Handle;

    /// <summary>When the request under way was due: latency counts from there, not from when there was time to send it.</summary>
    public TimeSpan DueAt { get; set; }

    /// <summary>Which of the sender's requests is under way.</summary>
    public int Kind { get; set; }

    /// <summary>Whether a request is under way.</summary>
    public bool IsBusy { get; private set; }

    public void Send(byte[] request)
    {
        (_received, IsBusy) = (0, true);
        try
        {
            _socket.Send(request);
        }
        catch (SocketException)
        {
            // It ended meanwhile; the next receive tells so.
        }
    }

    /// <summary>One receive: the status when the answer is whole, 0 when more is to come. Throws when the connection ended.</summary>
    public int Receive()
    {
        var count = _socket.Receive(_answer.AsSpan(_received));
        if (count == 0)
            throw new SocketException((int)SocketError.ConnectionReset);
        _received += count;

        ReadOnlySpan<byte> answer = _answer.AsSpan(0, _received);
        var headBytes = answer.IndexOf("\r\n\r\n"u8) + 4;
        if (headBytes < 4)
            return 0;
        if (_received < headBytes + BodyBytes(answer[..headBytes]))
            return 0;
        IsBusy = false;
        return int.Parse(answer.Slice("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>A new connection in place of one that broke.</summary>
    public void Reopen()
    {
        _socket.Dispose();
        _socket = ClientSocket.Open(_port);
        IsBusy = false;
    }

    public void Dispose() => _socket.Dispose();

    static int BodyBytes(ReadOnlySpan<byte> head)
    {
        while (!head.IsEmpty)
        {
            var end = head.IndexOf("\r\n"u8);
            var line = head[..end];
            if (line.Length > "content-length:".Length && Ascii.EqualsIgnoreCase(line[.."content-length:".Length], "content-length:"u8))
                return int.Parse(line["content-length:".Length..].Trim((byte)' '), NumberStyles.None, CultureInfo.InvariantCulture);
            head = head[(end + 2)..];
        }

        throw new FormatException("an answer without Content-Length");
    }
}
