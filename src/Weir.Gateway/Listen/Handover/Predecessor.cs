using System.Globalization;
using System.Net.Sockets;

namespace Weir.Gateway;

/// <summary>
/// The process that serves now, seen by the one that comes after it. It goes on serving until it is told that this one is ready; if this one ends before, it
/// just goes on.
/// </summary>
sealed class Predecessor : IDisposable
{
    internal const string Greeting = "weir takes over 1";
    internal const string End = "end";
    internal const string WantsJournal = "journal";
    internal const string Released = "released";
    internal const string Ready = "ready";
    internal const string Leaving = "leaving";

    const int AnswerWithinMs = 30_000;

    readonly Socket _socket;

    Predecessor(Socket socket, IReadOnlyList<(string Address, int[] Descriptors)> sockets) => (_socket, Sockets) = (socket, sockets);

    /// <summary>What it listens to.</summary>
    public IReadOnlyList<(string Address, int[] Descriptors)> Sockets { get; }

    /// <summary>Asks the process that waits at a path for its sockets; null when there is none.</summary>
    /// <exception cref="IOException">There is one, and it does not give them.</exception>
    public static Predecessor? Find(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) throw new IOException($"handover: {path}: there is no such folder");
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified) { ReceiveTimeout = AnswerWithinMs };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException nobody) when (nobody.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.ConnectionRefused || !File.Exists(path))
        {
            // No such file, or one that a process has left behind.
            socket.Dispose();
            return null;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException($"handover: {path}: {refused.Message}", refused);
        }
        try
        {
            SocketPassing.Send(socket, Greeting);
            return new Predecessor(socket, SocketsOf(socket, path));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes it close its control plane, as a journal has one writer. Its gateway goes on with what it has.</summary>
    /// <exception cref="IOException">It does not, or is gone.</exception>
    public void ReleaseJournal() => Ask(WantsJournal, Released);

    /// <summary>Tells it to accept no more connections and to end. From here on this process is the one that serves.</summary>
    /// <exception cref="IOException">It is gone, or does not answer.</exception>
    public void TakeOver() => Ask(Ready, Leaving);

    public void Dispose() => _socket.Dispose();

    void Ask(string what, string expected)
    {
        SocketPassing.Send(_socket, what);
        var (answer, _) = SocketPassing.Receive(_socket);
        if (answer == expected) return;
        throw new IOException(answer.Length == 0 ? "handover: the process before is gone" : "handover: the process before says: " + answer);
    }

    static List<(string Address, int[] Descriptors)> SocketsOf(Socket socket, string path)
    {
        List<(string Address, List<int> Descriptors)> sockets = [];
        while (true)
        {
            var (text, descriptor) = SocketPassing.Receive(socket);
            if (text == End) return [.. sockets.Select(static of => (of.Address, of.Descriptors.ToArray()))];
            if (descriptor < 0) throw new IOException($"handover: {path}: " + (text.Length == 0 ? "the process there gave up" : text));
            // "2 0.0.0.0:8000": the third listener, so that two on a port of the system's choice are told apart.
            var (number, address) = (int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture), text.Split(' ')[1]);
            while (sockets.Count <= number) sockets.Add((address, []));
            sockets[number].Descriptors.Add(descriptor);
        }
    }
}
