using System.Buffers;

namespace Weir.Gateway;

/// <summary>Passes a piece of the answer's body through the plugins that asked for it, each one's output being the next one's input.</summary>
static class BodyFilterChain
{
    public static void Write(Passage passage, ReadOnlySpan<byte> chunk, bool isLast, IBufferWriter<byte> output)
    {
        var filters = passage.BodyFilters;
        ArrayBufferWriter<byte>? previous = null;
        for (var i = 0; i < filters.Count - 1; i++)
        {
            var between = new ArrayBufferWriter<byte>(Math.Max(256, chunk.Length));
            filters[i].OnChunk(passage.Exchange, previous is null ? chunk : previous.WrittenSpan, isLast, between);
            previous = between;
        }
        filters[^1].OnChunk(passage.Exchange, previous is null ? chunk : previous.WrittenSpan, isLast, output);
    }
}
