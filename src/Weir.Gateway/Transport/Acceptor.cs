using System.Buffers;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>One loop's listening socket. It is watched level-triggered: what one wake-up leaves in the kernel's queue, the next turn takes.</summary>
sealed partial class Acceptor(int descriptor, AcceptorParts parts) : LoopHandler(descriptor)
{
    const int AcceptsPerTurnMax = 64;

    /// <summary>Pause when the machine has no descriptors, buffers or memory for another connection. Those that are open go on.</summary>
    static readonly TimeSpan BackOff = TimeSpan.FromMilliseconds(100);

    /// <summary>Warnings of one acceptor are at least this far apart: without descriptors there would be ten of them a second.</summary>
    static readonly TimeSpan WarningPause = TimeSpan.FromSeconds(10);

    ITimer? _pause;
    long? _warned;
    bool _closed;

    public void Open() => parts.Loop.Post(static state =>
    {
        var acceptor = (Acceptor)state!;
        acceptor.Loop.Register(acceptor, EpollFlags.Readable);
    }, this);

    EventLoop Loop => parts.Loop;

    /// <summary>Closes.</summary>
    /// <param name="takesRest">Hand out what is established already before.</param>
    public async ValueTask CloseAsync(bool takesRest)
    {
        await Loop.Enter();
        if (_closed) return;
        while (takesRest && TryAccept()) { }
        Abandon();
    }

    internal override void OnEvents(EpollFlags flags)
    {
        for (var i = 0; i < AcceptsPerTurnMax && TryAccept(); i++) { }
    }

    internal override void Abandon()
    {
        _closed = true;
        _pause?.Dispose();
        Loop.Unregister(this);
        _ = Libc.Close(Descriptor);
    }

    unsafe bool TryAccept()
    {
        var name = stackalloc byte[SocketName.BytesMax];
        var length = SocketName.BytesMax;
        var descriptor = Libc.Accept(Descriptor, name, &length, Libc.NonBlocking | Libc.CloseOnExec);
        if (descriptor < 0) return MayGoOn(Libc.LastError);
        Libc.SetOption(descriptor, Libc.TcpLevel, Libc.NoDelay, 1);
        var loop = parts.Loops.Share(Loop);
        var socket = new LoopSocket(descriptor, loop);
        var remote = SocketName.Read(new(name, SocketName.BytesMax));
        var connection = new LoopConnection(socket, parts.Local ?? socket.LocalAddress(), remote, parts.Memory[loop.Index]);
        if (loop == Loop) connection.Open();
        else loop.Post(static state => ((LoopConnection)state!).Open(), connection);
        // The server was told to stop, and takes no more.
        if (!parts.Accepted.TryWrite(connection)) connection.Abort(new ConnectionAbortedException("The server is stopping."));
        return true;
    }

    /// <summary>After a failed accept: whether to try the next connection at once.</summary>
    bool MayGoOn(int error)
    {
        if (error == Libc.WouldBlock) return false;
        Loop.Counters.AcceptFailed();
        if (ConcernsOneConnection(error)) return true;
        Warn(error);
        if (_closed) return false;
        Loop.Change(this, EpollFlags.None);
        _pause?.Dispose();
        _pause = parts.Time.CreateTimer(
            static state => ((Acceptor)state!).Loop.Post(static posted => ((Acceptor)posted!).Resume(), state), this, BackOff, Timeout.InfiniteTimeSpan);
        return false;
    }

    /// <summary>Whether only this connection failed: the client left before it was accepted, or an error of its network has come first (accept(2)).</summary>
    internal static bool ConcernsOneConnection(int error) => error is Libc.ConnectionAborted or Libc.InterruptedCall or Libc.ProtocolError
        or Libc.NoProtocolOption or Libc.NotSupported or Libc.NetworkDown or Libc.NetworkUnreachable or Libc.HostDown or Libc.HostUnreachable;

    void Warn(int error)
    {
        if (_warned is { } warned && parts.Time.GetElapsedTime(warned) < WarningPause) return;
        _warned = parts.Time.GetTimestamp();
        LogPause(parts.Log, Libc.Text(error));
    }

    void Resume()
    {
        if (!_closed) Loop.Change(this, EpollFlags.Readable);
    }

    [LoggerMessage(1, LogLevel.Warning, "Accepting connections paused: {Reason}")]
    static partial void LogPause(ILogger log, string reason);
}

/// <summary>
/// What an acceptor works with. Local is the address connections come to, null when it differs from one to the next; Memory is Kestrel's, by loop.
/// </summary>
sealed record AcceptorParts(
    EventLoop Loop, EventLoops Loops, IPEndPoint? Local, MemoryPool<byte>[] Memory, ChannelWriter<ConnectionContext> Accepted, TimeProvider Time, ILogger Log);
