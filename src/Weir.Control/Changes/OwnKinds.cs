using System.Collections.Frozen;
using System.Text.Json;
using Weir.Config;

namespace Weir.Control;

/// <summary>The form of entities that no document has: workspaces, memberships, guardrails.</summary>
static class OwnKinds
{
    static readonly string[] OtherPaths =
    [
        "blame", "cache", "clustering", "config", "debug", "diff", "dump", "endpoints", "gateways", "journal", "kong", "openapi.json", "revisions", "rollback",
        "schemas", "status", "sync", "tags", "targets", "timers", "tokens", "transactions", "userinfo", "auth", "default-guardrails", "violations",
    ];

    /// <summary>What paths of the Admin API start with: no workspace can have such a name, or its own paths could not be told from them.</summary>
    public static FrozenSet<string> ReservedNames { get; } =
        ControlKinds.All.Select(static kind => kind.Path).Where(static path => path.Length > 0).Concat(OtherPaths).ToFrozenSet();

    /// <summary>The entity in its stored form.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="body">The entity with its id and times.</param>
    /// <param name="read">How records are read.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static MapNode Complete(ControlKind kind, MapNode body, ReadOptions read, List<(string Field, string Message)> problems)
    {
        var report = new Report(read.Limits.ProblemsMax);
        using var reader = new ShapeReader(report, read.Compat, new Secrets(read, report));
        var record = reader.Read(body, Shape.Of(kind.Type), kind.Singular);
        foreach (var found in report.Problems())
            if (found.Severity == Severity.Error) problems.Add((found.Field, found.Message));
        if (record is null) return body;
        if (record is WorkspaceConfig workspace && ReservedNames.Contains(workspace.Name))
            problems.Add(("name", "must not be equal to a path of the Admin API"));
        if (record is GuardrailConfig guardrail) problems.AddRange(GuardrailChecks.Problems(guardrail, read));
        if (record is GuardrailExceptionConfig exception && GuardrailChecks.ProblemOf(exception) is { } problem) problems.Add(("until", problem));
        problems.AddRange(AccessChecks.Problems(record));
        if (record is UserConfig { Password: { } password } user && problems.Count == 0 && !PasswordHash.IsHash(password))
            record = user with { Password = PasswordHash.Of(password) };
        var json = JsonSerializer.SerializeToUtf8Bytes(record, kind.Type);
        var node = Nodes.Read(new Stored(kind, Guid.Empty, json, 0));
        foreach (var reference in kind.References)
            if (body.Find(reference.Field) is { } target) node = Nodes.With(node, reference.Field, target);
        return node;
    }
}
