using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Gateway;

/// <summary>What happened to a descriptor, as epoll reports it.</summary>
[Flags]
enum EpollFlags : uint
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    PeerEnded = 0x2000,
    EdgeTriggered = 1u << 31,
}

/// <summary>
/// An array of the kernel's struct epoll_event: flags, then a token of ours. On x64 it is packed into 12 bytes, elsewhere it is aligned and has 16.
/// </summary>
unsafe struct EpollEvents : IDisposable
{
    static readonly int TokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    static readonly int EventBytes = TokenOffset + sizeof(ulong);

    /// <summary>Room for one event on the stack, on any architecture.</summary>
    public const int EventBytesMax = 16;

    byte* _first;

    public EpollEvents(int count)
    {
        Count = count;
        _first = (byte*)NativeMemory.AllocZeroed((nuint)count, (nuint)EventBytes);
    }

    public int Count { get; }

    public readonly byte* First => _first;

    public readonly EpollFlags Flags(int index) => (EpollFlags)Unsafe.ReadUnaligned<uint>(_first + (index * EventBytes));

    public readonly ulong Token(int index) => Unsafe.ReadUnaligned<ulong>(_first + (index * EventBytes) + TokenOffset);

    public static void Write(byte* target, EpollFlags flags, ulong token)
    {
        Unsafe.WriteUnaligned(target, (uint)flags);
        Unsafe.WriteUnaligned(target + TokenOffset, token);
    }

    public void Dispose()
    {
        NativeMemory.Free(_first);
        _first = null;
    }
}
