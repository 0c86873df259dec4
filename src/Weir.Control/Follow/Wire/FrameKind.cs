namespace Weir.Control;

/// <summary>What a frame of the stream is. A gateway passes over kinds that it does not know: they are from a later version and may be missed.</summary>
enum FrameKind : byte
{
    /// <summary>The first: who sends. JSON.</summary>
    Welcome = 1,

    /// <summary>Entities of the update that is under way.</summary>
    Part = 2,

    /// <summary>Ends an update: from which state to which. JSON.</summary>
    Commit = 3,

    /// <summary>All is well, nothing has changed. JSON.</summary>
    Heartbeat = 4,

    /// <summary>There is a newer state that this gateway cannot be told. JSON.</summary>
    Hold = 5,

    /// <summary>The last: why the stream ends. JSON.</summary>
    Goodbye = 6,
}

/// <summary>One frame, whole and checked.</summary>
readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Content);

/// <summary>What the other side sent cannot be meant: the stream ends.</summary>
sealed class StreamBrokenException(string message) : Exception(message);
