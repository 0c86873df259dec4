namespace Weir.Ai;

/// <summary>How far a streamed call has come. Up to <see cref="Held"/> it can fail over unseen; from <see cref="Committed"/> on the client sees it.</summary>
enum StreamState
{
    /// <summary>No stream, or not begun.</summary>
    None,

    /// <summary>Sent to a provider, which has not answered yet.</summary>
    Connecting,

    /// <summary>The provider answers; what came has no content yet and is held back.</summary>
    Held,

    /// <summary>There is content, and the client gets it.</summary>
    Committed,

    /// <summary>It came to its own end, and is in the books.</summary>
    Settled,
}
