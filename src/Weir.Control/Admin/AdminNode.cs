using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>What the Admin API says of the node that it runs on.</summary>
/// <param name="Version">Version of this program.</param>
/// <param name="Hostname">Name of the machine.</param>
/// <param name="NodeId">Id of the node.</param>
/// <param name="ProxyListen">Where traffic comes in, as URLs or addresses.</param>
/// <param name="Numbers">Numbers of the traffic, for <c>/status</c>: <c>connections_accepted</c>, <c>total_requests</c> and others.</param>
/// <param name="AppliedRevision">The revision that the gateway of this node serves; null when none runs here.</param>
sealed record AdminNode(
    string Version, string Hostname, Guid NodeId, IReadOnlyList<string> ProxyListen, Func<JsonObject> Numbers, Func<long?> AppliedRevision)
{
    /// <summary>The origin of pages that may call, besides the API's own: empty for none, <c>*</c> for all, as Kong has it.</summary>
    public string AllowedOrigin { get; init; } = "";

    /// <summary>Gateways that follow this node; null when it does not listen for any.</summary>
    public GatewayHub? Gateways { get; init; }

    /// <summary>Whether callers have only the rights that they were given. Otherwise everybody who reaches the API has all.</summary>
    public bool EnforcesRights { get; init; }

    /// <summary>The OpenID provider whose tokens count; null for none.</summary>
    public OidcProvider? Oidc { get; init; }

    /// <summary>Signs where the journal ends; null when this node has no key for that.</summary>
    public CheckpointKey? Checkpoints { get; init; }
}
