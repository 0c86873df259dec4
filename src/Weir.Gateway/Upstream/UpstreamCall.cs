namespace Weir.Gateway;

/// <summary>What the upstream side of one exchange holds while it runs; reused with the passage.</summary>
sealed class UpstreamCall
{
    /// <summary>The client went away before the answer was complete.</summary>
    public bool ClientGone { get; set; }

    public void Reset() => ClientGone = false;
}
