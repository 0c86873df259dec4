using System.Net;

namespace Weir.Gateway;

/// <summary>
/// The listening sockets of a process: those that it took over from the process before it, and those that it opened. A process that comes after can take
/// them over in turn: they are the same sockets then, with the same queue of connections, and no connection is lost between the two.
/// </summary>
sealed class ListeningSockets
{
    readonly Lock _gate = new();
    readonly Dictionary<string, Queue<int[]>> _inherited = new(StringComparer.Ordinal);
    readonly List<OpenListener> _open = [];

    /// <summary>A process that comes after none.</summary>
    public ListeningSockets()
    {
    }

    /// <param name="inherited">What the process before listens to: addresses as its settings have them, and the sockets of each.</param>
    public ListeningSockets(IEnumerable<(string Address, int[] Descriptors)> inherited)
    {
        foreach (var (address, descriptors) in inherited)
        {
            if (!_inherited.TryGetValue(address, out var queue)) _inherited[address] = queue = new Queue<int[]>();
            queue.Enqueue(descriptors);
        }
    }

    /// <summary>Whether the process's sockets can go over from one process to the next.</summary>
    public static bool CanBeHandedOver => EventLoops.AreSupported;

    /// <summary>All that is listened to now, in the order in which it was opened.</summary>
    public IReadOnlyList<OpenListener> Open
    {
        get
        {
            lock (_gate) return [.. _open];
        }
    }

    /// <summary>Sockets that listen to an address: the ones of the process before where it had it.</summary>
    /// <param name="endpoint">The address as the settings have it; port 0 for one of the system's choice.</param>
    /// <param name="count">How many to open when there are none.</param>
    /// <param name="bound">The address with its port.</param>
    /// <exception cref="IOException">The address cannot be listened to.</exception>
    public int[] Listen(IPEndPoint endpoint, int count, out IPEndPoint bound)
    {
        lock (_gate)
        {
            if (!_inherited.TryGetValue(endpoint.ToString(), out var queue) || !queue.TryDequeue(out var sockets))
                return ListeningSocket.Open(endpoint, count, out bound);
            bound = ListeningSocket.Bound(sockets[0]);
            return sockets;
        }
    }

    /// <summary>Notes what is listened to.</summary>
    public void Add(OpenListener listener)
    {
        lock (_gate) _open.Add(listener);
    }

    /// <summary>Forgets a listener. To be called before its socket is closed: the system gives the number to something else.</summary>
    public void Remove(int descriptor)
    {
        lock (_gate) _open.RemoveAll(open => open.Descriptors.Contains(descriptor));
    }

    /// <summary>Stops to accept connections. Those that wait in the queue of a socket are left to the process that has taken it over.</summary>
    public async Task ReleaseAsync()
    {
        foreach (var listener in Open) await listener.Release();
        lock (_gate) _open.Clear();
    }

    /// <summary>Closes what was taken over and is not listened to any more.</summary>
    public void CloseUnused()
    {
        lock (_gate)
        {
            foreach (var descriptor in _inherited.Values.SelectMany(static queue => queue).SelectMany(static sockets => sockets)) _ = Libc.Close(descriptor);
            _inherited.Clear();
        }
    }
}

/// <summary>An address that is listened to.</summary>
/// <param name="Address">As the settings have it.</param>
/// <param name="Descriptors">The sockets.</param>
/// <param name="Release">Stops to accept, and closes them here.</param>
sealed record OpenListener(string Address, IReadOnlyList<int> Descriptors, Func<ValueTask> Release);
