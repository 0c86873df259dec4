using System.Buffers;

namespace Weir;

/// <summary>
/// Where a plugin that answers in the upstream's place writes the body. What is written goes through the plugins that asked for the body, and to the client
/// with the next flush.
/// </summary>
public abstract class BodyOutput : IBufferWriter<byte>
{
    /// <inheritdoc/>
    public abstract void Advance(int count);

    /// <inheritdoc/>
    public abstract Memory<byte> GetMemory(int sizeHint = 0);

    /// <inheritdoc/>
    public abstract Span<byte> GetSpan(int sizeHint = 0);

    /// <summary>Sends what was written. False when the client is gone: nothing more will arrive.</summary>
    public abstract ValueTask<bool> FlushAsync();
}
