namespace Weir.Ai;

/// <summary>Limits of what is kept of answers.</summary>
static class AnswerLimits
{
    /// <summary>Longest body of an error that is read.</summary>
    public const int ErrorBytesMax = 1024 * 1024;

    /// <summary>Longest whole answer that is read into memory; longer ones pass through unread.</summary>
    public const int WholeBytesMax = 64 * 1024 * 1024;

    /// <summary>Most bytes of a stream that are held back before its first content.</summary>
    public const int HeldBytesMax = 256 * 1024;

    /// <summary>Bytes asked for in one read.</summary>
    public const int ReadBytes = 8 * 1024;

    /// <summary>Bytes asked for in one read of a stream that may have to be ended: a few tokens.</summary>
    public const int MeteredReadBytes = 512;
}
