using System.Collections.Immutable;

namespace Weir.Control;

/// <summary>
/// Everything that is declared, after one transaction: the fold of the journal up to it. Never changes, so that every reader sees one revision, whole.
/// </summary>
sealed class ControlState
{
    /// <summary>The workspace of those who name none. It is there from the start and cannot be deleted.</summary>
    public static readonly Guid DefaultWorkspace = new("5c1b40a4-0f39-5d2f-9a6b-3f1d7f6f2d10");

    public const string DefaultWorkspaceName = "default";

    /// <summary>Where the workspaces themselves stand.</summary>
    public static readonly Guid Root = Guid.Empty;

    readonly ImmutableDictionary<(Guid Workspace, ControlKind Kind), EntityTable> _tables;

    ControlState(JournalHead head, ImmutableDictionary<(Guid, ControlKind), EntityTable> tables) => (Head, _tables) = (head, tables);

    /// <summary>Before the first transaction: the default workspace, and nothing in it.</summary>
    public static ControlState Empty { get; } = Start();

    /// <summary>The last transaction in it.</summary>
    public JournalHead Head { get; }

    public long Revision => Head.Revision;

    public IEnumerable<Stored> Workspaces => Table(Root, ControlKinds.Workspaces).All;

    /// <summary>Everything in it, in the same order whenever it says the same: by workspace, each kind after the kinds it refers to.</summary>
    public IEnumerable<(Guid Workspace, EntityTable Table)> Tables =>
        from workspace in _tables.Keys.Select(static key => key.Workspace).Distinct().Order()
        from kind in ControlKinds.All
        let table = _tables.GetValueOrDefault((workspace, kind))
        where table is { Count: > 0 }
        select (workspace, table);

    /// <summary>The state that has these tables.</summary>
    public static ControlState Of(JournalHead head, IEnumerable<(Guid Workspace, EntityTable Table)> tables) =>
        new(head, tables.ToImmutableDictionary(static each => (each.Workspace, each.Table.Kind), static each => each.Table));

    public EntityTable Table(Guid workspace, ControlKind kind) => _tables.GetValueOrDefault((workspace, kind)) ?? EntityTable.Empty(kind);

    public Stored? Workspace(string idOrName) => Table(Root, ControlKinds.Workspaces).Find(idOrName);

    /// <summary>Whether a workspace has the very same entities in another state.</summary>
    public bool SharesContent(ControlState other, Guid workspace) =>
        ControlKinds.All.All(kind => ReferenceEquals(_tables.GetValueOrDefault((workspace, kind)), other._tables.GetValueOrDefault((workspace, kind))));

    public Editor Edit() => new(this);

    /// <summary>The state with a transaction applied.</summary>
    public ControlState With(Transaction transaction, JournalHead head)
    {
        var editor = Edit();
        editor.Apply(transaction);
        return editor.ToState(head);
    }

    static ControlState Start()
    {
        var editor = new Editor(new ControlState(JournalHead.None, ImmutableDictionary<(Guid, ControlKind), EntityTable>.Empty));
        var json = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"id":"{{DefaultWorkspace}}","name":"{{DefaultWorkspaceName}}","comment":null,"tags":null,"created_at":0,"updated_at":0}""");
        editor.Table(Root, ControlKinds.Workspaces).Put(new Stored(ControlKinds.Workspaces, DefaultWorkspace, json, 0));
        return editor.ToState(JournalHead.None);
    }

    /// <summary>A state under change. What it does not touch is shared with the state it comes from.</summary>
    public sealed class Editor(ControlState state)
    {
        readonly Dictionary<(Guid Workspace, ControlKind Kind), EntityTable.Editor> _changed = [];

        public EntityTable.Editor Table(Guid workspace, ControlKind kind)
        {
            if (!_changed.TryGetValue((workspace, kind), out var table)) _changed[(workspace, kind)] = table = state.Table(workspace, kind).Edit();
            return table;
        }

        public void Apply(Transaction transaction)
        {
            foreach (var change in transaction.Changes)
            {
                var table = Table(change.Workspace, change.Kind);
                if (change.After is { } after) table.Put(new Stored(change.Kind, change.Id, after, transaction.Revision));
                else if (table.Find(change.Id) is { } gone) table.Remove(gone);
            }
        }

        public ControlState ToState(JournalHead head)
        {
            var tables = state._tables.ToBuilder();
            foreach (var (key, table) in _changed) tables[key] = table.ToTable();
            return new ControlState(head, tables.ToImmutable());
        }
    }
}
