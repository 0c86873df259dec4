using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>
/// Waits for the process that comes after this one, gives it the listening sockets, and says when this one may leave. As long as the other is not ready
/// nothing changes here.
/// </summary>
sealed partial class Succession : IDisposable
{
    readonly string _path;
    readonly SuccessionParts _parts;
    readonly Socket _listener;
    readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _isOver;

    Succession(string path, Socket listener, SuccessionParts parts) => (_path, _listener, _parts) = (path, listener, parts);

    /// <summary>Completes when another process has taken over and this one accepts no more connections.</summary>
    public Task Replaced => _replaced.Task;

    /// <summary>Waits at a path.</summary>
    /// <exception cref="IOException">The path cannot be listened to.</exception>
    public static Succession Open(string path, SuccessionParts parts)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        // Under another name first: when it appears it is complete, only for this user, and in place of the one before.
        var fresh = path + ".new";
        try
        {
            File.Delete(fresh);
            listener.Bind(new UnixDomainSocketEndPoint(fresh));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(fresh, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(1);
            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception failure) when (failure is SocketException or UnauthorizedAccessException)
        {
            listener.Dispose();
            throw new IOException($"handover: {path}: {failure.Message}", failure);
        }
        var succession = new Succession(path, listener, parts);
        _ = succession.RunAsync();
        return succession;
    }

    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        File.Delete(_path);
        _listener.Dispose();
    }

    async Task RunAsync()
    {
        while (!_isOver)
        {
            try
            {
                using var peer = await _listener.AcceptAsync();
                await ServeAsync(peer);
            }
            catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
            {
                if (!_isOver) LogFailed(_parts.Log, failure.Message);
            }
        }
    }

    async Task ServeAsync(Socket peer)
    {
        if (await HearAsync(peer) != Predecessor.Greeting)
        {
            SocketPassing.Send(peer, "this process hands over in another way; stop it first");
            return;
        }
        var listeners = _parts.Listening.Open;
        for (var i = 0; i < listeners.Count; i++)
            foreach (var descriptor in listeners[i].Descriptors)
                SocketPassing.Send(peer, string.Create(CultureInfo.InvariantCulture, $"{i} {listeners[i].Address}"), descriptor);
        SocketPassing.Send(peer, Predecessor.End);
        var hasReleased = false;
        while (await HearAsync(peer) is { Length: > 0 } wish)
        {
            if (wish == Predecessor.WantsJournal)
            {
                hasReleased = true;
                await _parts.ReleaseJournal();
                SocketPassing.Send(peer, Predecessor.Released);
            }
            else if (wish == Predecessor.Ready)
            {
                await LeaveAsync(peer);
                return;
            }
        }
        LogAlone(_parts.Log);
        if (hasReleased) await _parts.ResumeJournal();
    }

    /// <summary>What the other process says; empty when it is gone.</summary>
    static async Task<string> HearAsync(Socket peer)
    {
        var buffer = new byte[SocketPassing.MessageBytesMax];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, await peer.ReceiveAsync(buffer));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    async Task LeaveAsync(Socket peer)
    {
        _isOver = true;
        await _parts.Listening.ReleaseAsync();
        _listener.Dispose();
        // The path is the other's from here on.
        SocketPassing.Send(peer, Predecessor.Leaving);
        _replaced.TrySetResult();
    }

    [LoggerMessage(1, LogLevel.Error, "A process that wanted to take over failed: {Reason}")]
    static partial void LogFailed(ILogger log, string reason);

    [LoggerMessage(2, LogLevel.Warning, "A process that wanted to take over has ended; this one goes on")]
    static partial void LogAlone(ILogger log);
}

/// <summary>What a process hands over.</summary>
/// <param name="Listening">Its sockets.</param>
/// <param name="ReleaseJournal">Closes its control plane.</param>
/// <param name="ResumeJournal">Opens it again: the other process is gone.</param>
/// <param name="Log">What happens.</param>
sealed record SuccessionParts(ListeningSockets Listening, Func<Task> ReleaseJournal, Func<Task> ResumeJournal, ILogger Log);
