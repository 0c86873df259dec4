using System.Buffers;

namespace Weir.Control;

/// <summary>An update as frames: entities, then what they come to.</summary>
static class UpdateFrames
{
    public static List<byte[]> Of(IEnumerable<EntityRow> rows, FollowPoint? from, FollowPoint to, FollowLimits limits)
    {
        List<byte[]> frames = [];
        var part = new ArrayBufferWriter<byte>(64 << 10);
        var count = 0L;
        foreach (var row in rows)
        {
            row.Write(part);
            count++;
            if (part.WrittenCount < limits.PartBytes) continue;
            frames.Add(FrameCodec.Encode(FrameKind.Part, part.WrittenSpan));
            part.ResetWrittenCount();
        }
        if (part.WrittenCount > 0) frames.Add(FrameCodec.Encode(FrameKind.Part, part.WrittenSpan));
        frames.Add(FollowJson.Frame(FrameKind.Commit, new FollowCommit(from, to, count)));
        return frames;
    }

    /// <summary>A whole state as frames.</summary>
    public static List<byte[]> Of(ControlState state, FollowPoint point, FollowLimits limits) => Of(
        FollowKinds.Of(state).Select(static each => new EntityRow(each.Workspace, each.Entity.Kind, each.Entity.Id, each.Entity.Json)), null, point, limits);
}
