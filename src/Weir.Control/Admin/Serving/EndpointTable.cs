using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>Every path of the Admin API, once: requests are routed by it and the OpenAPI document is written from it.</summary>
static class EndpointTable
{
    public static IReadOnlyList<Endpoint> Of(ControlPlane plane, AdminNode node, SignIn signIn)
    {
        List<Endpoint> endpoints =
        [
            .. new NodeEndpoints(plane, node).All(),
            .. new SchemaEndpoints(plane).All(),
            .. TagEndpoints.All(),
            .. ControlKinds.All.SelectMany(EntityEndpoints.Of),
            .. ConsumerGroupEndpoints.All(),
            EntityEndpoints.AllTargets(),
            .. new SyncEndpoint(plane).All(),
            ConfigEndpoints.Endpoint(),
            .. new TransactionEndpoints(plane).All(),
            .. new HistoryEndpoints(plane).All(),
            .. new CheckpointEndpoints(plane, node.Checkpoints).All(),
            .. new GatewayEndpoints(node).All(),
            .. new SignInEndpoints(plane, signIn).All(),
            .. new TokenEndpoints(signIn).All(),
            .. new GuardrailEndpoints(plane).All(),
        ];
        var description = new Lazy<Reply>(() => Reply.Json(200, AdminDescription.Of(endpoints, node.Version)));
        endpoints.Add(new Endpoint("/openapi.json", "node",
            [new Operation("GET", Need.SignedIn, "Describes this API.", _ => Task.FromResult(description.Value))]));
        endpoints.Add(new Endpoint("/endpoints", "node",
            [new Operation("GET", Need.SignedIn, "Lists the paths of this API.", _ => Task.FromResult(Paths(endpoints)))]));
        return endpoints;
    }

    static Reply Paths(IEnumerable<Endpoint> endpoints) => Reply.Json(200, new JsonObject
    {
        ["data"] = new JsonArray([.. endpoints.Select(static endpoint => endpoint.Template).Order(StringComparer.Ordinal)
            .Select(static path => (JsonNode)path)]),
        ["next"] = null,
    });
}
