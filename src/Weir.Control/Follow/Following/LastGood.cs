namespace Weir.Control;

/// <summary>
/// The last configuration that went live, on the disk of its gateway: what the gateway starts with while the control plane is away. The frames of a whole
/// update, sealed.
/// </summary>
static class LastGood
{
    public const string FileName = "last-good";

    static ReadOnlySpan<byte> Context => "weir last good configuration 1"u8;

    public static void Write(GatewayFolder folder, Followed good, FollowLimits limits)
    {
        using var content = new MemoryStream();
        foreach (var frame in UpdateFrames.Of(good.State, good.Point, limits)) content.Write(frame);
        folder.WriteSealed(FileName, content.GetBuffer().AsSpan(0, (int)content.Length), Context);
    }

    /// <summary>What is kept; null when nothing is.</summary>
    /// <exception cref="JournalUnusableException">It is sealed with a key that is not there.</exception>
    /// <exception cref="IOException">It cannot be read, or was changed.</exception>
    public static Followed? Read(GatewayFolder folder, FollowLimits limits)
    {
        if (folder.ReadSealed(FileName, Context) is not { } content) return null;
        try
        {
            var update = new UpdateReader(Followed.Nothing, limits);
            ReadOnlySpan<byte> rest = content;
            while (rest.Length > 0)
            {
                var length = rest.Length < FrameCodec.HeaderBytes ? -1 : FrameCodec.LengthOf(rest);
                if (length < 0 || length > rest.Length - FrameCodec.HeaderBytes) throw new StreamBrokenException("it is cut off");
                var whole = FrameCodec.HeaderBytes + length;
                var frame = FrameCodec.Decode(rest[..whole], limits);
                if (frame.Kind == FrameKind.Part) update.Add(frame.Content);
                else if (frame.Kind == FrameKind.Commit) update.End(FollowJson.Read<FollowCommit>(frame.Content.Span));
                rest = rest[whole..];
            }
            return update.Have.Point == FollowPoint.None ? throw new StreamBrokenException("it has no end") : update.Have;
        }
        catch (StreamBrokenException broken)
        {
            throw new IOException($"{folder.PathOf(FileName)} cannot be used: {broken.Message}");
        }
    }
}
