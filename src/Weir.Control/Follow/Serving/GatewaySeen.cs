namespace Weir.Control;

/// <summary>What a control-plane node has seen of a gateway since it started.</summary>
sealed record GatewaySeen
{
    public required Guid Id { get; init; }

    /// <summary>Streams that it has open here: for a moment there may be two, while it connects anew.</summary>
    public int Streams { get; init; }

    public bool IsConnected => Streams > 0;

    public DateTimeOffset LastSeen { get; init; }

    public string Address { get; init; } = "";

    public string Version { get; init; } = "";

    public string Hostname { get; init; } = "";

    /// <summary>What it was last told.</summary>
    public FollowPoint Sent { get; init; } = FollowPoint.None;

    /// <summary>How it says it is; null before it said so.</summary>
    public FollowStatus? Status { get; init; }

    /// <summary>Why it gets nothing: versions too far apart, a state that it cannot be told. Empty when it does.</summary>
    public string Problem { get; init; } = "";
}
