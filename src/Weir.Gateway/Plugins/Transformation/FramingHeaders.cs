namespace Weir.Gateway.Plugins;

/// <summary>Headers that say where a message ends. They are the gateway's: a plugin that could set them could make two peers see different messages.</summary>
static class FramingHeaders
{
    public static bool Contains(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reports rules that would set such a header.</summary>
    public static void Check(IReadOnlyList<string> pairs, string field, bool isRename, Problems problems)
    {
        for (var i = 0; i < pairs.Count; i++)
        {
            var (name, value) = TransformRule.Split(pairs[i]);
            if (Contains(name) || (isRename && value is not null && Contains(value)))
                problems.Add($"{field}[{i}]", "Content-Length and Transfer-Encoding are set by the gateway and cannot be changed");
        }
    }
}
