using System.Net.Sockets;
using System.Text;

namespace Weir.Gateway;

/// <summary>Short messages between two processes on one machine, each with an open socket if need be (SCM_RIGHTS, unix(7)).</summary>
static unsafe class SocketPassing
{
    /// <summary>Bytes of a message.</summary>
    public const int MessageBytesMax = 256;

    const int Rights = 1;
    const int HeaderBytes = 16;
    const int ControlBytes = 24;
    const int CloseOnExecMessage = 0x40000000;

    /// <summary>Sends a message.</summary>
    /// <param name="to">A Unix socket that keeps messages apart (SOCK_SEQPACKET).</param>
    /// <param name="text">What to say.</param>
    /// <param name="descriptor">The socket that goes with it; negative for none.</param>
    /// <exception cref="IOException">The other process is gone.</exception>
    public static void Send(Socket to, string text, int descriptor = -1)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var control = stackalloc byte[ControlBytes];
        fixed (byte* start = bytes)
        {
            var piece = new Libc.Piece { Start = start, Length = bytes.Length };
            var message = new Libc.MessageHeader { Pieces = &piece, PieceCount = 1 };
            if (descriptor >= 0)
            {
                *(nint*)control = HeaderBytes + sizeof(int);
                *(int*)(control + 8) = Libc.SocketLevel;
                *(int*)(control + 12) = Rights;
                *(int*)(control + HeaderBytes) = descriptor;
                message.Control = control;
                message.ControlLength = ControlBytes;
            }
            nint sent;
            do sent = Libc.SendMessage((int)to.Handle, &message, Libc.NoSignal);
            while (sent < 0 && Libc.LastError == Libc.InterruptedCall);
            if (sent < 0) throw new IOException("telling the other process failed: " + Libc.Text(Libc.LastError));
        }
    }

    /// <summary>Waits for a message.</summary>
    /// <returns>What it says, empty when the other process has closed or is gone, and the socket that came with it, or -1.</returns>
    /// <exception cref="IOException">Nothing came in time.</exception>
    public static (string Text, int Descriptor) Receive(Socket from)
    {
        var buffer = stackalloc byte[MessageBytesMax];
        var control = stackalloc byte[ControlBytes];
        var piece = new Libc.Piece { Start = buffer, Length = MessageBytesMax };
        var message = new Libc.MessageHeader { Pieces = &piece, PieceCount = 1, Control = control, ControlLength = ControlBytes };
        nint received;
        do received = Libc.ReceiveMessage((int)from.Handle, &message, CloseOnExecMessage);
        while (received < 0 && Libc.LastError == Libc.InterruptedCall);
        if (received < 0)
        {
            var error = Libc.LastError;
            if (error == Libc.ConnectionReset) return ("", -1);
            throw new IOException(error == Libc.WouldBlock ? "the other process does not answer" : "hearing the other process failed: " + Libc.Text(error));
        }
        var hasSocket = message.ControlLength >= HeaderBytes + sizeof(int) && *(int*)(control + 12) == Rights;
        return (Encoding.UTF8.GetString(buffer, (int)received), hasSocket ? *(int*)(control + HeaderBytes) : -1);
    }
}
