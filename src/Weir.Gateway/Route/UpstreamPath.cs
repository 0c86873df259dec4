namespace Weir.Gateway;

/// <summary>
/// Joins the path of a service with the path of a request: Kong's path_handling v0. v1 is only different in a router flavor that Weir does not have.
/// </summary>
static class UpstreamPath
{
    /// <summary>The path to ask the upstream for. Returns one of the arguments, without allocating, where that is the answer.</summary>
    /// <param name="servicePath">The service's path; null or empty means "/".</param>
    /// <param name="requestPath">The normalised path of the request.</param>
    /// <param name="matchedPrefixLength">What the route's path matched; 0 when the route has no path.</param>
    /// <param name="stripPath">Whether the matched part is removed.</param>
    public static string Join(string? servicePath, string requestPath, int matchedPrefixLength, bool stripPath)
    {
        var servicePart = string.IsNullOrEmpty(servicePath) ? "/" : servicePath;
        return stripPath ? JoinStripped(servicePart, requestPath, matchedPrefixLength) : JoinWhole(servicePart, requestPath);
    }

    static string JoinWhole(string servicePath, string requestPath)
    {
        if (servicePath == "/") return requestPath;
        if (servicePath.EndsWith('/')) return string.Concat(servicePath, requestPath.AsSpan(1));
        return requestPath == "/" ? servicePath : servicePath + requestPath;
    }

    static string JoinStripped(string servicePath, string requestPath, int matchedPrefixLength)
    {
        // A route without a path strips nothing but the first slash, so that the join is the same as for the prefix "/".
        var rest = WithoutDotSegment(requestPath.AsSpan(Math.Clamp(matchedPrefixLength, 1, requestPath.Length)));
        if (rest.IsEmpty) return JoinNothing(servicePath, requestPath);

        if (servicePath == "/" && rest.Length == requestPath.Length - 1) return requestPath;
        var separated = rest[0] == '/';
        if (servicePath.EndsWith('/'))
        {
            var head = servicePath.AsSpan(0, separated ? servicePath.Length - 1 : servicePath.Length);
            return string.Concat(head, rest);
        }
        return separated ? string.Concat(servicePath, rest) : string.Concat(servicePath, "/", rest);
    }

    static string JoinNothing(string servicePath, string requestPath)
    {
        if (servicePath == "/") return "/";
        var wantsSlash = requestPath.Length > 1 && requestPath[^1] == '/';
        if (!servicePath.EndsWith('/')) return wantsSlash ? servicePath + "/" : servicePath;
        return requestPath[^1] == '/' ? servicePath : servicePath[..^1];
    }

    /// <summary>Removing "/route" from "/route../x" must not leave a segment that climbs out of the service's path.</summary>
    static ReadOnlySpan<char> WithoutDotSegment(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != '.') return rest;
        if (rest is "." or "..") return [];
        if (rest[1] == '/') return rest[2..];
        return rest.StartsWith("../") ? rest[3..] : rest;
    }
}
