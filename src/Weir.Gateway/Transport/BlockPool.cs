using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Gateway;

/// <summary>A piece of memory that does not move, as a link of a sequence of bytes.</summary>
sealed unsafe class Block(int size) : ReadOnlySequenceSegment<byte>
{
    readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);

    /// <summary>Where it starts, good as long as the block is referenced.</summary>
    public byte* Address => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));

    public int Size => _bytes.Length;

    /// <summary>How far it is filled.</summary>
    public int End { get; private set; }

    public Block? Following => (Block?)Next;

    public int Room => _bytes.Length - End;

    public Memory<byte> Free => _bytes.AsMemory(End);

    public Span<byte> FreeSpan => _bytes.AsSpan(End);

    /// <summary>What was written, from <paramref name="start"/> on.</summary>
    public ReadOnlySpan<byte> Written(int start) => _bytes.AsSpan(start, End - start);

    public void Fill(int count)
    {
        End += count;
        Memory = _bytes.AsMemory(0, End);
    }

    public void Append(Block next)
    {
        next.RunningIndex = RunningIndex + End;
        Next = next;
    }

    public void Clear()
    {
        End = 0;
        Memory = default;
        Next = null;
        RunningIndex = 0;
    }
}

/// <summary>
/// Blocks for the connections of one loop, held only while bytes are in them. The loop's thread takes from a stack of its own; what is used or given
/// back elsewhere goes through a shared one.
/// </summary>
sealed class BlockPool
{
    /// <summary>A request head with a small body, or one receive of a large one.</summary>
    public const int BlockBytes = 16 * 1024;

    /// <summary>Free blocks kept by a loop; further ones are left to the collector.</summary>
    const int KeptMax = 512;

    const int SharedMax = 512;

    static readonly Lock s_gate = new();
    static readonly Stack<Block> s_shared = new();

    readonly Stack<Block> _own = new();

    /// <summary>A block of at least <paramref name="size"/> bytes.</summary>
    public Block Rent(int size, bool onLoop)
    {
        if (size > BlockBytes) return new Block(size);
        if (onLoop && _own.TryPop(out var block)) return block;
        lock (s_gate)
        {
            if (s_shared.TryPop(out block)) return block;
        }
        return new Block(BlockBytes);
    }

    public void Return(Block block, bool onLoop)
    {
        if (block.Size != BlockBytes) return;
        block.Clear();
        if (onLoop && _own.Count < KeptMax)
        {
            _own.Push(block);
            return;
        }
        lock (s_gate)
        {
            if (s_shared.Count < SharedMax) s_shared.Push(block);
        }
    }
}
