using System.Runtime.InteropServices;

namespace Weir.Gateway;

/// <summary>
/// The system calls of the event loops. None that a collection could have to wait for suppresses the transition to native code: a send over loopback runs the
/// peer's receiving side too, and takes microseconds.
/// </summary>
static unsafe partial class Libc
{
    public const int InterruptedCall = 4;
    public const int BadDescriptor = 9;
    public const int WouldBlock = 11;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int ConnectionAborted = 103;
    public const int NoBufferSpace = 105;
    public const int NotEnoughMemory = 12;
    public const int ProtocolError = 71;
    public const int NoProtocolOption = 92;
    public const int NotSupported = 95;
    public const int AddressInUse = 98;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int HostDown = 112;
    public const int HostUnreachable = 113;
    public const int ConnectionReset = 104;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int InProgress = 115;
    public const int Canceled = 125;

    public const int Ipv4 = 2;
    public const int Ipv6 = 10;
    public const int Stream = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int SocketLevel = 1;
    public const int ReuseAddress = 2;
    public const int PendingError = 4;
    public const int Linger = 13;
    public const int ReusePort = 15;
    public const int TcpLevel = 6;
    public const int NoDelay = 1;
    public const int Ipv6Level = 41;
    public const int Ipv6Only = 26;

    public const int NoSignal = 0x4000;
    public const int Peek = 2;
    public const int ShutdownSend = 1;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int descriptor, void* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    public static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "listen")]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4")]
    public static partial int Accept(int descriptor, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "connect")]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    public static partial int LocalAddress(int descriptor, byte* address, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetOption(int descriptor, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    public static partial int GetOption(int descriptor, int level, int name, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int descriptor, byte* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int descriptor, byte* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    public static partial nint SendMessage(int descriptor, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    public static partial nint ReceiveMessage(int descriptor, MessageHeader* message, int flags);

    /// <summary>
    /// Why the call just made failed; to be asked before any other. The runtime preserves it on the way back from native code, and keeping a copy after
    /// every call, as it offers to, costs two calls more.
    /// </summary>
    public static int LastError => Marshal.GetLastSystemError();

    /// <summary>What an error number means, in words.</summary>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>Sets an option that is an int.</summary>
    public static void SetOption(int descriptor, int level, int name, int value) =>
        _ = SetOption(descriptor, level, name, &value, sizeof(int));

    /// <summary>One piece of a message that is sent from several places (struct iovec).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Piece
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary>A message that is sent from several places (struct msghdr).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Address;
        public int AddressLength;
        public Piece* Pieces;
        public nint PieceCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }
}
