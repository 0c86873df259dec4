namespace Weir.Limits;

/// <summary>Open after a failure: one operation in a while tries the store, the others do not wait for it.</summary>
sealed class StoreCircuit(TimeProvider time)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    bool _isOpen;
    long _triedAt;

    public bool MayTry()
    {
        if (!Volatile.Read(ref _isOpen)) return true;
        lock (_lock)
        {
            if (!_isOpen) return true;
            if (time.GetElapsedTime(_triedAt) < Pause) return false;
            _triedAt = time.GetTimestamp();
            return true;
        }
    }

    public void Succeeded() => Volatile.Write(ref _isOpen, false);

    public void Failed()
    {
        lock (_lock)
        {
            _triedAt = time.GetTimestamp();
            Volatile.Write(ref _isOpen, true);
        }
    }
}
