using Weir.Config;

namespace Weir.Control;

/// <summary>
/// The state as the document that gateways run: one for each workspace, the default one first. Workspaces in which nothing changed, secrets neither, are not
/// read again.
/// </summary>
sealed class StateDocument(ReadOptions options)
{
    readonly Dictionary<Guid, (ControlState State, CheckedRows Rows)> _read = [];

    /// <summary>Reads the state. Secrets are resolved here, and nowhere else.</summary>
    /// <param name="state">What is declared.</param>
    /// <param name="isFresh">Read everything again: what vaults and the environment hold may have changed.</param>
    public DocumentResult Read(ControlState state, bool isFresh = false)
    {
        List<Problem> problems = [];
        List<Document> documents = [];
        HashSet<StoredSecret> secrets = [];
        foreach (var workspace in state.Workspaces.OrderBy(static workspace => workspace.Id != ControlState.DefaultWorkspace))
        {
            var rows = Read(state, workspace.Id, isFresh);
            problems.AddRange(rows.Problems);
            secrets.UnionWith(rows.Secrets);
            if (rows.Document is not { } document) continue;
            var isDefault = workspace.Id == ControlState.DefaultWorkspace;
            documents.Add(isDefault ? document : document with { Workspace = workspace.Name ?? workspace.Id.ToString() });
        }
        Forget(state);
        var ok = problems.TrueForAll(static problem => problem.Severity != Severity.Error);
        return new DocumentResult(ok ? documents[0] with { Others = documents[1..] } : null, problems) { Secrets = secrets };
    }

    CheckedRows Read(ControlState state, Guid workspace, bool isFresh)
    {
        if (!isFresh && _read.TryGetValue(workspace, out var before) && state.SharesContent(before.State, workspace)
            && before.Rows.Secrets.All(static secret => secret.IsCurrent)) return before.Rows;
        var rows = DocumentReader.ReadRows(Documents.Of(state, workspace), options);
        _read[workspace] = (state, rows);
        return rows;
    }

    void Forget(ControlState state)
    {
        var there = state.Workspaces.Select(static workspace => workspace.Id).ToHashSet();
        foreach (var gone in _read.Keys.Where(id => !there.Contains(id)).ToList()) _read.Remove(gone);
    }
}
