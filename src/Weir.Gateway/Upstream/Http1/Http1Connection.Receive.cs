using System.Runtime.CompilerServices;

namespace Weir.Gateway;

sealed partial class Http1Connection
{
    // What a receive gives instead of a count.
    const int Ended = 0;
    const int Broken = -1;
    const int TimedOut = -2;
    const int GivenUp = -3;

    string? _receiveProblem;

    /// <summary>Receives under the read timeout: a count, or one of the four reasons for none. To be awaited at once.</summary>
    Receiving ReceiveAsync(Memory<byte> buffer) => new(this, BeginReceive(buffer));

    ValueTask<int> BeginReceive(Memory<byte> buffer)
    {
        _receiving = true;
        ValueTask<int> receive;
        try
        {
            receive = _transport.ReceiveAsync(buffer);
        }
        catch (Exception e) when (IsNetworkFailure(e))
        {
            receive = ValueTask.FromException<int>(e);
        }
        if (!receive.IsCompleted) _readWatch.Start(_clock.NowMs);
        return receive;
    }

    int Received(ValueTaskAwaiter<int> receive)
    {
        try
        {
            return ReceiveEnded(receive.GetResult());
        }
        catch (Exception e) when (IsNetworkFailure(e))
        {
            _receiveProblem = e.Message;
            return ReceiveEnded(Broken);
        }
    }

    int ReceiveEnded(int received)
    {
        _receiving = false;
        if (_readWatch.StopIfFired()) return TimedOut;
        return received == Broken && _aborted ? GivenUp : received;
    }

    /// <summary>
    /// A receive that is under way. It is an awaiter of its own: another async method around every receive would cost a state machine each time.
    /// </summary>
    public readonly struct Receiving(Http1Connection connection, ValueTask<int> receive) : ICriticalNotifyCompletion
    {
        readonly ValueTaskAwaiter<int> _receive = receive.GetAwaiter();

        public bool IsCompleted => _receive.IsCompleted;

        public Receiving GetAwaiter() => this;

        public int GetResult() => connection.Received(_receive);

        public void OnCompleted(Action continuation) => _receive.OnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => _receive.UnsafeOnCompleted(continuation);
    }
}
