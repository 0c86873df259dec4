namespace Weir.Gateway;

/// <summary>How one try at a peer ended, as far as its health is concerned.</summary>
readonly record struct Outcome
{
    Outcome(OutcomeKind kind, int status = 0)
    {
        Kind = kind;
        Status = status;
    }

    public OutcomeKind Kind { get; }

    /// <summary>The status the peer answered, or 0.</summary>
    public int Status { get; }

    /// <summary>The peer answered. Never to be used for an answer that the gateway made itself.</summary>
    public static Outcome Answered(int status) => new(OutcomeKind.Answered, status);

    /// <summary>A connection was made and nothing more was asked (TCP traffic).</summary>
    public static Outcome Connected => new(OutcomeKind.Connected);

    /// <summary>No connection, no TLS session, or the connection broke before an answer.</summary>
    public static Outcome TcpFailure => new(OutcomeKind.TcpFailure);

    /// <summary>Connecting, sending or receiving took longer than allowed.</summary>
    public static Outcome Timeout => new(OutcomeKind.Timeout);
}

/// <summary>Kinds of <see cref="Outcome"/>.</summary>
enum OutcomeKind
{
    Answered,
    Connected,
    TcpFailure,
    Timeout,
}
