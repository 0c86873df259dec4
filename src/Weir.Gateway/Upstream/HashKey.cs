namespace Weir.Gateway;

/// <summary>The hashed input of a request, for upstreams that balance by it.</summary>
static class HashKey
{
    public static ulong? Of(Passage passage, Balancer balancer) => null;
}
