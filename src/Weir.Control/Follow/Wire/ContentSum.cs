using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Control;

/// <summary>
/// A sum over the entities of a state, in whatever order: both sides have the same, or they do not have the same state. Costs what a change costs. It finds
/// mistakes; against whoever can choose entities it proves nothing, and need not: who they come from is proven by TLS.
/// </summary>
readonly record struct ContentSum(ulong A, ulong B, ulong C, ulong D)
{
    public const int TextLength = 64;

    public ContentSum With(Guid workspace, ControlKind kind, Guid id, ReadOnlySpan<byte> json) => Of(workspace, kind, id, json) is var one
        ? new(A + one.A, B + one.B, C + one.C, D + one.D) : default;

    public ContentSum Without(Guid workspace, ControlKind kind, Guid id, ReadOnlySpan<byte> json) => Of(workspace, kind, id, json) is var one
        ? new(A - one.A, B - one.B, C - one.C, D - one.D) : default;

    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";

    static ContentSum Of(Guid workspace, ControlKind kind, Guid id, ReadOnlySpan<byte> json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[32];
        workspace.TryWriteBytes(head);
        id.TryWriteBytes(head[16..]);
        hash.AppendData(head);
        hash.AppendData(Encoding.UTF8.GetBytes(kind.Name));
        hash.AppendData(json);
        hash.GetHashAndReset(head);
        return new ContentSum(
            BinaryPrimitives.ReadUInt64LittleEndian(head), BinaryPrimitives.ReadUInt64LittleEndian(head[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(head[16..]), BinaryPrimitives.ReadUInt64LittleEndian(head[24..]));
    }
}
