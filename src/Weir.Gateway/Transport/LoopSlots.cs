namespace Weir.Gateway;

/// <summary>
/// The handlers of one loop, found by the token that epoll gives back. A token names a slot and its generation, so that an event fetched before its
/// socket was closed is never taken for one of the socket that came to the slot since.
/// </summary>
sealed class LoopSlots
{
    const int GenerationShift = 32;

    readonly Stack<int> _free = new();
    Slot[] _slots = new Slot[64];
    int _used;

    public ulong Add(LoopHandler handler)
    {
        if (!_free.TryPop(out var index)) index = _used++;
        if (index == _slots.Length) Array.Resize(ref _slots, _slots.Length * 2);
        _slots[index].Handler = handler;
        return ((ulong)_slots[index].Generation << GenerationShift) | (uint)index;
    }

    public LoopHandler? Find(ulong token)
    {
        var index = (uint)token;
        // The loop's own wake-up has a token of no slot.
        if (index >= (uint)_slots.Length) return null;
        ref var slot = ref _slots[index];
        return slot.Generation == (uint)(token >> GenerationShift) ? slot.Handler : null;
    }

    public void Remove(ulong token)
    {
        if (Find(token) is null) return;
        ref var slot = ref _slots[(uint)token];
        slot.Handler = null;
        slot.Generation++;
        _free.Push((int)(uint)token);
    }

    /// <summary>All handlers there are now.</summary>
    public IReadOnlyList<LoopHandler> Handlers() => [.. _slots.Where(static slot => slot.Handler is not null).Select(static slot => slot.Handler!)];

    struct Slot
    {
        public LoopHandler? Handler;
        public uint Generation;
    }
}

/// <summary>Something whose descriptor a loop watches.</summary>
abstract class LoopHandler(int descriptor)
{
    public int Descriptor { get; } = descriptor;

    internal ulong Token { get; set; } = ulong.MaxValue;

    /// <summary>Runs on the loop.</summary>
    internal abstract void OnEvents(EpollFlags flags);

    /// <summary>The loop is ending: closes the descriptor, and ends what waits for it. Runs on the loop.</summary>
    internal abstract void Abandon();
}
