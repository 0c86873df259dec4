namespace Weir.Control;

/// <summary>One method of a path of the Admin API: how it is answered and what the OpenAPI document says of it.</summary>
/// <param name="Method">GET, POST, PUT, PATCH or DELETE.</param>
/// <param name="Need">What it asks of its caller.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Handle">Answers a request.</param>
sealed record Operation(string Method, Need Need, string Summary, Func<AdminCall, Task<Reply>> Handle)
{
    /// <summary>Largest body of an ordinary request: an entity with certificates and long lists has room several times over.</summary>
    public const long EntityBytesMax = 10L << 20;

    /// <summary>Largest body that holds a whole workspace.</summary>
    public const long DocumentBytesMax = 256L << 20;

    /// <summary>Longest body that is read.</summary>
    public long BodyBytesMax { get; init; } = EntityBytesMax;

    /// <summary>What its body and its answer are.</summary>
    public ControlKind? Kind { get; init; }

    /// <summary>Whether the answer is a page of a list.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether it takes a body.</summary>
    public bool HasBody { get; init; }

    /// <summary>Status when all is well.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Parameters of the query: name and meaning.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Query { get; init; } = [];
}

/// <summary>A path and what can be done there.</summary>
/// <param name="Template">The path, with parts in braces that stand for any one segment.</param>
/// <param name="Group">Under which heading the OpenAPI document has it.</param>
/// <param name="Operations">One per method.</param>
sealed record Endpoint(string Template, string Group, IReadOnlyList<Operation> Operations)
{
    public Operation? For(string method) => Operations.FirstOrDefault(operation => operation.Method == method);
}
