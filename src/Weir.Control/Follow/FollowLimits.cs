namespace Weir.Control;

/// <summary>How much and how long the two sides of a stream wait for, keep and take from each other.</summary>
sealed record FollowLimits
{
    public static FollowLimits Default { get; } = new();

    /// <summary>Longest frame as sent.</summary>
    public int FrameBytesMax { get; init; } = 16 << 20;

    /// <summary>Longest content of a frame, once it is inflated. An entity is never longer than <see cref="Operation.EntityBytesMax"/>.</summary>
    public int ContentBytesMax { get; init; } = 32 << 20;

    /// <summary>A frame of entities is sent when it has this many bytes.</summary>
    public int PartBytes { get; init; } = 512 << 10;

    /// <summary>Longest update, all its frames inflated: what a gateway holds in memory before it believes any of it.</summary>
    public long UpdateBytesMax { get; init; } = 4L << 30;

    /// <summary>Transactions that the control plane keeps ready; a gateway that is farther behind gets the whole state.</summary>
    public int RevisionsKept { get; init; } = 1_000;

    /// <summary>Bytes of entities that it keeps ready for that.</summary>
    public long KeptBytesMax { get; init; } = 64L << 20;

    /// <summary>After so much silence the control plane says that it is still there.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A gateway that has not got a whole frame for so long connects anew.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a gateway waits for the start of any answer.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a gateway says how it is, when nothing happens.</summary>
    public TimeSpan StatusEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause before a gateway connects again; each next one is up to twice as long.</summary>
    public TimeSpan BackOffMin { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A stream that stood for so long was no failure: the next pause is the first one again.</summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Frames that a gateway takes at once, beyond <see cref="FramesPerSecondMax"/>. Frames of entities are bounded by their bytes.</summary>
    public int FramesBurstMax { get; init; } = 2_000;

    /// <summary>Frames a second that a gateway takes on the whole; a control plane sends far fewer.</summary>
    public int FramesPerSecondMax { get; init; } = 200;

    /// <summary>Longest request of a gateway: what it is, how it is.</summary>
    public int RequestBytesMax { get; init; } = 4 << 20;

    /// <summary>Longest answer to one, and longest text of a problem that is shown.</summary>
    public int AnswerBytesMax { get; init; } = 64 << 10;

    /// <summary>Problems of a gateway that are kept and shown.</summary>
    public int ProblemsMax { get; init; } = 20;
}
