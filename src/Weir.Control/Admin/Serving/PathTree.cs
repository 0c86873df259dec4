namespace Weir.Control;

/// <summary>Finds the endpoints of a path. A written segment goes before one that may be anything.</summary>
sealed class PathTree
{
    readonly Step _root = new();

    public PathTree(IEnumerable<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints) Add(endpoint);
    }

    /// <summary>Whether paths of the API itself start with this segment.</summary>
    public bool IsReserved(string segment) => _root.Written.ContainsKey(segment);

    /// <summary>Endpoints whose template a path fits, best first, each with what stands for the parts in braces.</summary>
    public IReadOnlyList<(Endpoint Endpoint, IReadOnlyList<string> Values)> Match(IReadOnlyList<string> segments)
    {
        List<(Endpoint, IReadOnlyList<string>)> found = [];
        Walk(_root, segments, 0, [], found);
        return found;
    }

    void Add(Endpoint endpoint)
    {
        var step = _root;
        foreach (var segment in endpoint.Template.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment.StartsWith('{'))
            {
                step = step.Any ??= new Step();
                continue;
            }
            if (!step.Written.TryGetValue(segment, out var next)) step.Written[segment] = next = new Step();
            step = next;
        }
        if (step.Endpoint is not null) throw new ArgumentException($"{endpoint.Template} stands twice in the table");
        step.Endpoint = endpoint;
    }

    static void Walk(Step step, IReadOnlyList<string> segments, int at, List<string> values, List<(Endpoint, IReadOnlyList<string>)> found)
    {
        if (at == segments.Count)
        {
            if (step.Endpoint is { } endpoint) found.Add((endpoint, [.. values]));
            return;
        }
        if (step.Written.TryGetValue(segments[at], out var written)) Walk(written, segments, at + 1, values, found);
        if (step.Any is not { } any) return;
        values.Add(segments[at]);
        Walk(any, segments, at + 1, values, found);
        values.RemoveAt(values.Count - 1);
    }

    sealed class Step
    {
        public Dictionary<string, Step> Written { get; } = new(StringComparer.Ordinal);

        public Step? Any { get; set; }

        public Endpoint? Endpoint { get; set; }
    }
}
