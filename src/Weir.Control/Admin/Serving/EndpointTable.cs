namespace Weir.Control;

/// <summary>Every path of the Admin API, once: requests are routed by it and the OpenAPI document is written from it.</summary>
static class EndpointTable
{
    public static IReadOnlyList<Endpoint> Of(ControlPlane plane, AdminNode node)
    {
        _ = (plane, node);
        return
        [
            .. ControlKinds.All.SelectMany(EntityEndpoints.Of),
            .. ConsumerGroupEndpoints.All(),
        ];
    }
}
