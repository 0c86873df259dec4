using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Judges the changes of a draft together. Every changed entity is read with what it refers to and what has to fit it, by the same reader and the same
/// checks as a file; then unique fields are compared with the whole state.
/// </summary>
sealed class DraftCheck(Draft draft, ControlParts parts)
{
    readonly List<Refusal> _refusals = [];
    readonly Dictionary<(Guid Workspace, ControlKind Kind, Guid Id), byte[]> _forms = [];

    /// <summary>The changes in their final form, or why they are not made.</summary>
    public (IReadOnlyList<Change> Changes, IReadOnlyList<Refusal> Refusals) Run()
    {
        foreach (var workspace in draft.Wanted.Keys.Select(static key => key.Workspace).Distinct().ToList()) Read(workspace);
        if (_refusals.Count > 0) return ([], _refusals);
        var changes = Changes();
        // Rights come first: what is refused for another reason tells of what is there.
        _refusals.AddRange(new RightsRun(draft, changes).Run());
        if (_refusals.Count > 0) return ([], _refusals);
        CheckUnique();
        _refusals.AddRange(new GuardrailRun(draft, parts, FinalOf).Run());
        return _refusals.Count > 0 ? ([], _refusals) : (changes, []);
    }

    List<Change> Changes()
    {
        List<Change> changes = [];
        foreach (var (key, wanted) in draft.Wanted)
        {
            var before = draft.State.Table(key.Workspace, key.Kind).Find(key.Id);
            var after = wanted is null ? null : FormOf(key, wanted);
            if (before is null && after is null) continue;
            if (before is not null && after is not null && Canonical.SaysTheSame(key.Kind, before.Json, after, parts.Read)) continue;
            var form = after is null ? null : (ReadOnlyMemory<byte>?)after;
            changes.Add(new Change(key.Workspace, key.Kind, key.Id, before?.Json, form) { BeforeRevision = before?.Revision });
        }
        return changes;
    }

    Stored? FinalOf((Guid Workspace, ControlKind Kind, Guid Id) key) =>
        draft.Wanted.GetValueOrDefault(key) is { } wanted ? wanted with { Json = FormOf(key, wanted) } : null;

    byte[] FormOf((Guid, ControlKind, Guid) key, Stored wanted) => _forms.GetValueOrDefault(key) ?? wanted.Json.ToArray();

    void Read(Guid workspace)
    {
        var around = new Neighbourhood(draft, workspace);
        foreach (var (key, wanted) in draft.Wanted)
            if (key.Workspace == workspace)
                around.Add(key.Kind, wanted);
        var rows = DocumentReader.ReadRows(Documents.Of(around.Entities), parts.Check);
        foreach (var group in rows.Problems.Where(static problem => problem.Severity == Severity.Error).GroupBy(static problem => problem.Place.File))
        {
            var found = group.Select(static problem => (problem.Field, problem.Message)).ToList();
            _refusals.Add(Refusal.Violation(found) with { Entity = group.First().Entity, Subject = SubjectOf(group.Key) });
        }
        if (_refusals.Count > 0) return;
        foreach (var kind in ControlKinds.All.Where(static kind => kind.Config is not null))
            foreach (var row in rows.Rows[kind.Config!])
                if (row.Entity is not null && Guid.TryParseExact(row.Id, "D", out var id) && draft.Wanted.GetValueOrDefault((workspace, kind, id)) is { } given)
                    _forms[(workspace, kind, id)] = Canonical.Of(kind, row, rows.Plugins.GetValueOrDefault(row), given);
    }

    /// <summary>The entity that the places of its nodes name.</summary>
    static (ControlKind, Guid)? SubjectOf(string? file) =>
        file?.Split('/') is [var kind, var id] && ControlKinds.Named(kind) is { } known && Guid.TryParseExact(id, "D", out var found) ? (known, found) : null;

    void CheckUnique()
    {
        var editor = draft.State.Edit();
        foreach (var key in draft.Wanted.Keys)
            if (draft.State.Table(key.Workspace, key.Kind).Find(key.Id) is { } before)
                editor.Table(key.Workspace, key.Kind).Remove(before);
        foreach (var (key, wanted) in draft.Wanted)
        {
            if (wanted is null) continue;
            var table = editor.Table(key.Workspace, key.Kind);
            var final = wanted with { Json = FormOf(key, wanted) };
            if (IsElsewhere(key)) _refusals.Add(Refusal.TakenId(key.Id) with { Subject = (key.Kind, key.Id) });
            else if (table.Clash(final) is var (unique, other)) _refusals.Add(Refusal.Clash(unique, final, other) with { Subject = (key.Kind, key.Id) });
            else table.Put(final);
        }
    }

    /// <summary>Ids are unique in all workspaces: what outlives a configuration (counters, health) goes by them.</summary>
    bool IsElsewhere((Guid Workspace, ControlKind Kind, Guid Id) key) => draft.State.Workspaces.Any(workspace =>
        workspace.Id != key.Workspace && draft.State.Table(workspace.Id, key.Kind).Find(key.Id) is not null
        && !(draft.Wanted.TryGetValue((workspace.Id, key.Kind, key.Id), out var wanted) && wanted is null));
}
