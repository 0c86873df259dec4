namespace Weir.Gateway;

/// <summary>Something compiled that successive snapshots share, and that has to be let go of when the last of them is gone.</summary>
/// <param name="since">The first configuration that has it.</param>
abstract class SnapshotPart(long since) : IDisposable
{
    public long Since { get; } = since;

    public abstract void Dispose();
}
