using System.Diagnostics.CodeAnalysis;

namespace Weir.Bench.Load;

/// <summary>A sender's connections: those that are idle, in the order of their last answer, and those whose answer can be read.</summary>
sealed class ReadyConnections<T> : IDisposable
    where T : IClientConnection
{
    readonly List<T> _all;
    readonly Queue<T> _idle;
    readonly List<T> _ready = [];
    readonly PollEntry[] _polled;

    /// <summary>Owns the connections; for the calling thread alone.</summary>
    public ReadyConnections(IEnumerable<T> connections)
    {
        _all = [.. connections];
        _idle = new(_all);
        _polled = [.. _all.Select(static connection => new PollEntry { Descriptor = connection.Descriptor, Wanted = PollEntry.In })];
        KernelWait.BeExact();
    }

    public bool HasIdle => _idle.Count > 0;

    public bool TryTake([NotNullWhen(true)] out T? connection) => _idle.TryDequeue(out connection);

    public void Return(T connection) => _idle.Enqueue(connection);

    public void Reopen(T broken)
    {
        broken.Reopen();
        _polled[_all.IndexOf(broken)].Descriptor = broken.Descriptor;
    }

    /// <summary>Those that have something to read; none after <paramref name="timeout"/>. The list is good until the next call.</summary>
    public List<T> Wait(TimeSpan timeout)
    {
        _ready.Clear();
        var count = KernelWait.For(_polled, timeout);
        for (var i = 0; i < _polled.Length && _ready.Count < count; i++)
        {
            if (_polled[i].Seen != 0)
                _ready.Add(_all[i]);
        }

        return _ready;
    }

    public void Dispose()
    {
        foreach (var connection in _all)
            connection.Dispose();
    }
}

/// <summary>A connection that can be waited for.</summary>
interface IClientConnection : IDisposable
{
    int Descriptor { get; }

    /// <summary>A new connection in place of one that broke.</summary>
    void Reopen();
}
