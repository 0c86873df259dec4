using Weir.Config;

namespace Weir.Control;

/// <summary>The state as the document that gateways run: one for each workspace, the default one first. A change is read with its neighbourhood only.</summary>
sealed class StateDocument(ReadOptions options)
{
    readonly Dictionary<Guid, WorkspaceDocument> _workspaces = [];

    /// <summary>How many entities were read by the last call, with their neighbours.</summary>
    public int ReadCount { get; private set; }

    /// <summary>Reads the state. Secrets are resolved here, and nowhere else.</summary>
    /// <param name="state">What is declared.</param>
    /// <param name="isFresh">Resolve secrets again: what vaults and the environment hold may have changed.</param>
    public DocumentResult Read(ControlState state, bool isFresh = false)
    {
        ReadCount = 0;
        List<Problem> problems = [];
        List<Document> documents = [];
        HashSet<StoredSecret> secrets = [];
        foreach (var workspace in state.Workspaces.OrderBy(static workspace => workspace.Id != ControlState.DefaultWorkspace))
        {
            if (!_workspaces.TryGetValue(workspace.Id, out var reader)) _workspaces[workspace.Id] = reader = new WorkspaceDocument(options);
            var (document, found) = reader.Read(state, workspace.Id, isFresh);
            ReadCount += reader.ReadCount;
            problems.AddRange(found);
            secrets.UnionWith(reader.Secrets);
            if (document is null) continue;
            var isDefault = workspace.Id == ControlState.DefaultWorkspace;
            documents.Add(isDefault ? document : document with { Workspace = workspace.Name ?? workspace.Id.ToString() });
        }
        Forget(state);
        var ok = problems.TrueForAll(static problem => problem.Severity != Severity.Error);
        return new DocumentResult(ok ? documents[0] with { Others = documents[1..] } : null, problems) { Secrets = secrets };
    }

    void Forget(ControlState state)
    {
        var there = state.Workspaces.Select(static workspace => workspace.Id).ToHashSet();
        foreach (var gone in _workspaces.Keys.Where(id => !there.Contains(id)).ToList()) _workspaces.Remove(gone);
    }
}
