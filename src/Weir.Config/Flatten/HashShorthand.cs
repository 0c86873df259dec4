namespace Weir.Config;

/// <summary>
/// What <c>algorithm</c> and <c>hash_on</c> of an upstream say together: the algorithms that do not hash drop hash_on; otherwise hash_on decides.
/// </summary>
static class HashShorthand
{
    public static MapNode Apply(MapNode node)
    {
        if (node.FindText("algorithm") is "least-connections" or "latency" or "sticky-sessions")
            return node.Without("hash_on");
        return node.FindText("hash_on") switch
        {
            null => node,
            "none" => node.With("algorithm", Algorithm(node, "round-robin")),
            _ => node.With("algorithm", Algorithm(node, "consistent-hashing")),
        };
    }

    static ScalarNode Algorithm(MapNode node, string name) => new((node.Find("algorithm") ?? node.Find("hash_on"))!.Place, ScalarKind.Text, name);
}
