namespace Weir.Gateway;

/// <summary>The route that answers a request.</summary>
readonly struct RouteMatch<T>(T payload, int matchedPathLength, bool pathIsRegex, IReadOnlyDictionary<string, string>? captures)
    where T : class
{
    /// <summary>What the table was given together with the route.</summary>
    public T Payload => payload;

    /// <summary>How many characters of the normalised path the route's path matched: what strip_path removes. 0 when the route has no path.</summary>
    public int MatchedPathLength => matchedPathLength;

    /// <summary>Whether a regular expression matched, rather than a prefix.</summary>
    public bool PathIsRegex => pathIsRegex;

    /// <summary>
    /// Groups of the regular expression by number and by name ("0" is the whole match); null when it has none. Groups that took no part are absent.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Captures => captures;
}
