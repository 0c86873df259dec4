using System.Text.Json;

namespace Weir.Control;

/// <summary>Whose hosts and paths a route claims.</summary>
static class RouteGround
{
    /// <summary>What a route claims outside of what its workspace has.</summary>
    public static IEnumerable<string> Outside(GuardrailConfig config, Stored route)
    {
        var (hosts, paths) = (List(route, "hosts"), List(route, "paths"));
        if (config.Hosts is { } owned)
        {
            if (hosts.Count == 0) yield return $"a route has to name its hosts; they are {string.Join(", ", owned)}";
            foreach (var host in hosts.Where(host => !owned.Any(pattern => IsWithin(host, pattern))))
                yield return $"the host '{host}' is none of this workspace: {string.Join(", ", owned)}";
        }
        if (config.Paths is { } roots)
        {
            if (paths.Count == 0) yield return $"a route has to name its paths; they begin with {string.Join(", ", roots)}";
            foreach (var path in paths.Where(path => !roots.Any(root => IsUnder(path, root))))
                yield return $"the path '{path}' does not begin with {string.Join(" or ", roots)}";
        }
    }

    /// <summary>What a route claims that belongs to other workspaces.</summary>
    public static IEnumerable<string> Trespass(GuardrailConfig config, IReadOnlyList<string> owners, Stored route)
    {
        var hosts = List(route, "hosts");
        foreach (var host in hosts)
            if (config.Hosts?.Any(pattern => IsWithin(host, pattern)) == true)
                yield return $"the host '{host}' belongs to {string.Join(", ", owners)}";
        // Paths below other hosts are another matter where the owner has hosts of its own.
        if (config.Hosts is not null && hosts.Count > 0) yield break;
        foreach (var path in List(route, "paths"))
            if (config.Paths?.Any(root => IsUnder(path, root)) == true)
                yield return $"the path '{path}' belongs to {string.Join(", ", owners)}";
    }

    /// <summary>Whether a host, which may be a pattern itself, is one of an owned pattern.</summary>
    static bool IsWithin(string host, string pattern)
    {
        host = host.Split(':')[0].ToLowerInvariant();
        pattern = pattern.ToLowerInvariant();
        if (host == pattern) return true;
        return pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.Ordinal);
    }

    /// <summary>Whether a path is below another. Of a regular expression the beginning without special characters counts.</summary>
    static bool IsUnder(string path, string root)
    {
        if (path.StartsWith('~'))
        {
            var special = path.IndexOfAny(['\\', '(', '[', '.', '*', '+', '?', '{', '|', '^', '$'], 1);
            // Alternatives may stand for anything.
            if (path.Contains('|', StringComparison.Ordinal)) return false;
            path = special < 0 ? path[1..] : path[1..special];
            // What follows the literal beginning is unknown: only whole segments of it count.
            if (special >= 0 && !path.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal)) return false;
        }
        root = root.TrimEnd('/');
        return path == root || path.StartsWith(root + "/", StringComparison.Ordinal);
    }

    static List<string> List(Stored route, string field)
    {
        using var json = JsonDocument.Parse(route.Json);
        return json.RootElement.TryGetProperty(field, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(static each => each.GetString() ?? "")] : [];
    }
}
