namespace Weir.Control;

/// <summary>How it stands between a gateway and its control plane.</summary>
/// <param name="IsConnected">Whether the stream is open.</param>
/// <param name="Version">Version of the control plane, once it said so.</param>
/// <param name="Since">Since when it is as it is.</param>
/// <param name="Problem">Why it is not connected, or gets nothing; empty when all is well.</param>
sealed record FollowLink(bool IsConnected, string Version, DateTimeOffset Since, string Problem)
{
    public static FollowLink Never { get; } = new(false, "", default, "not connected yet");

    public FollowLink Connected(string version, DateTimeOffset now) => new(true, version, now, "");

    public FollowLink Away(string problem, DateTimeOffset now) => new(false, Version, IsConnected ? now : Since, problem);

    public FollowLink Held(string problem) => this with { Problem = problem };
}
