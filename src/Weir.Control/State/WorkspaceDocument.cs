using System.Collections.Concurrent;
using Weir.Config;
using EntityTree = Weir.Config.SortedTree<Weir.Config.Entity, string, Weir.Control.DocumentOrder>;
using PluginTree = Weir.Config.SortedTree<Weir.Config.DeclaredPlugin, string, Weir.Control.PluginOrder>;

namespace Weir.Control;

/// <summary>
/// A workspace as a document, kept up to date: a change is read with its neighbourhood, everything else stays the very record that it was. What comes out is
/// what reading the whole workspace would give.
/// </summary>
sealed class WorkspaceDocument(ReadOptions options) : IDocumentLists
{
    static readonly byte[] ReferenceMark = [.. "vault:"u8];

    /// <summary>More changes than these, when they are most of what there is, are read in portions like everything else.</summary>
    const int ChangesMax = 10_000;

    /// <summary>Who has the problems that no entity has.</summary>
    static readonly (ControlKind Kind, Guid Id) Nobody = (ControlKinds.Workspaces, Guid.Empty);

    // Portions are small; what is shown of their problems is cut once they are together.
    readonly ReadOptions _reading = options with { Limits = options.Limits with { ProblemsMax = int.MaxValue } };
    readonly Dictionary<EntityKind, EntityTree> _entities = [];
    readonly Dictionary<EntityKind, object> _lists = [];
    readonly Dictionary<(ControlKind Kind, Guid Id), List<Problem>> _problems = [];

    // Those that hold references to secrets; nearly always none, or few.
    readonly HashSet<(ControlKind Kind, Guid Id)> _secretive = [];
    readonly HashSet<StoredSecret> _secrets = [];
    PluginTree _plugins = PluginTree.Empty;
    List<(EntityKind Kind, Entity Entity)> _made = [];
    List<DeclaredPlugin> _madePlugins = [];
    int _readCount;
    ControlState? _state;
    Document? _document;

    /// <summary>How many entities were read by the last call, with their neighbours.</summary>
    public int ReadCount => _readCount;

    /// <summary>What was taken from vaults on other machines.</summary>
    public IReadOnlyCollection<StoredSecret> Secrets => _secrets;

    /// <summary>The document of a workspace in a state; null when there is an error.</summary>
    /// <param name="state">What is declared.</param>
    /// <param name="workspace">Which workspace.</param>
    /// <param name="isFresh">Read what holds references to secrets again: their values may have changed.</param>
    public (Document? Document, IReadOnlyList<Problem> Problems) Read(ControlState state, Guid workspace, bool isFresh)
    {
        _readCount = 0;
        // Secrets that are out of date are asked for again without being told to.
        isFresh |= _secrets.Any(static secret => !secret.IsCurrent);
        if (_state is not null && !isFresh && state.SharesContent(_state, workspace) && !HasErrors()) return (_document, Problems());
        var changes = _state is null ? null : Changes(_state, state, workspace);
        try
        {
            if (changes is null) ReadAll(state, workspace);
            else ReadChanges(changes, state, workspace, isFresh);
        }
        catch
        {
            // What was taken over so far is of no state at all.
            _state = null;
            throw;
        }
        _state = state;
        _document = HasErrors() ? null : Document.Of(this, passwordsAreHashed: true);
        return (_document, Problems());
    }

    /// <summary>The changes between two states; null when everything has to be read again.</summary>
    static List<(Stored? Before, Stored? After)>? Changes(ControlState before, ControlState after, Guid workspace)
    {
        List<(Stored? Before, Stored? After)> changes = [];
        var all = 0;
        foreach (var kind in ControlKinds.All)
        {
            if (kind.Config is null && kind != ControlKinds.Memberships) continue;
            var (count, table) = (changes.Count, after.Table(workspace, kind));
            all += table.Count;
            EntityTable.Compare(before.Table(workspace, kind), table, (left, right) =>
            {
                if (!SaysTheSame(left, right)) changes.Add((left, right));
            });
            if (changes.Count > count && Rereading.SeenByAll.Contains(kind)) return null;
        }
        return changes.Count > ChangesMax && changes.Count > all / 2 ? null : changes;
    }

    /// <summary>A state that came whole, as to a gateway that was away, has other objects that say the same.</summary>
    static bool SaysTheSame(Stored? left, Stored? right) => left is not null && right is not null && left.Json.Span.SequenceEqual(right.Json.Span);

    void ReadAll(ControlState state, Guid workspace)
    {
        _entities.Clear();
        _problems.Clear();
        _secretive.Clear();
        _secrets.Clear();
        _plugins = PluginTree.Empty;
        // Portions have nothing to do with one another: all cores read.
        var portions = Partitioner.Create(Rereading.Everything(state, workspace), EnumerablePartitionerOptions.NoBuffering).AsParallel();
        foreach (var (portion, rows) in portions.Select(portion => (portion, Rows(portion, state, workspace)))) Take(portion, rows);
    }

    void ReadChanges(List<(Stored? Before, Stored? After)> changes, ControlState state, Guid workspace, bool isFresh)
    {
        _problems.Remove(Nobody);
        var again = new Rereading(state, workspace);
        // What was taken from vaults is told of all that refer to them, or of none.
        isFresh |= _secrets.Count > 0 && changes.Exists(change => IsSecretive(change.Before) || IsSecretive(change.After));
        foreach (var (before, after) in changes)
        {
            if (after is null) Forget(before!);
            again.AddChange(before, after);
            if (after is not null && IsNameOfMade(after)) again.AddModels();
            // What is wrong with a plugin may be said of the partial that brings it.
            if ((after ?? before)!.Kind == ControlKinds.Plugins && _problems.Keys.Any(static key => key.Kind == ControlKinds.Partials)) again.AddPartials();
        }
        // The cause of an error may be gone, wherever it was.
        foreach (var ((kind, id), problems) in _problems)
            if (problems.Exists(IsError)) again.AddIfThere(kind, id);
        if (isFresh) AddSecretive(again, state, workspace);
        if (again.Entities.Count > 0 || again.HasModels) Take(again, Rows(again, state, workspace));
    }

    static bool IsSecretive(Stored? entity) => entity is not null && entity.Json.Span.IndexOf(ReferenceMark) >= 0;

    void AddSecretive(Rereading again, ControlState state, Guid workspace)
    {
        _secrets.Clear();
        foreach (var (kind, id) in _secretive) again.AddIfThere(kind, id);
        if (_secretive.Any(static entity => entity.Kind == ControlKinds.Partials)) again.AddPartials();
        // Whether an authority has run out is asked anew as well.
        foreach (var authority in state.Table(workspace, ControlKinds.CaCertificates).All) again.Add(authority);
    }

    CheckedRows Rows(Rereading again, ControlState state, Guid workspace)
    {
        while (true)
        {
            var around = new Neighbourhood(new StateEntities(state), workspace);
            foreach (var entity in again.Entities.Values) around.Include(entity);
            var entities = around.Entities.ToList();
            Interlocked.Add(ref _readCount, entities.Count);
            var rows = DocumentReader.ReadRows(Documents.Of(entities), _reading);
            if (again.HasModels && AddNamesakes(again, rows, state, workspace)) continue;
            if (rows.Problems.Any(problem => SubjectOf(problem) is { } subject && subject.Kind == ControlKinds.Partials
                && !again.Entities.ContainsKey(subject)))
            {
                again.AddPartials();
                continue;
            }
            return rows;
        }
    }

    void Take(Rereading again, CheckedRows rows)
    {
        foreach (var key in again.Entities.Keys) _problems.Remove(key);
        foreach (var problem in rows.Problems)
        {
            var subject = SubjectOf(problem) ?? Nobody;
            if (subject != Nobody && !again.Entities.ContainsKey(subject)) continue;
            if (!_problems.TryGetValue(subject, out var list)) _problems[subject] = list = [];
            list.Add(problem);
        }
        foreach (var (key, entity) in again.Entities)
            if (IsSecretive(entity)) _secretive.Add(key);
            else _secretive.Remove(key);
        _secrets.UnionWith(rows.Secrets);
        if (again.HasModels) (_made, _madePlugins) = ([], []);
        foreach (var (kind, list) in rows.Rows)
            if (list.Count > 0 && ControlKinds.Named(kind.Plural) is { } known) Take(known, list, again, rows);
    }

    void Take(ControlKind kind, List<Row> rows, Rereading again, CheckedRows read)
    {
        var (entities, plugins) = (_entities.GetValueOrDefault(kind.Config!, EntityTree.Empty).Edit(), _plugins.Edit());
        foreach (var row in rows)
        {
            var plugin = kind == ControlKinds.Plugins ? read.Plugins.GetValueOrDefault(row) : null;
            if (!IsOwn(row))
            {
                if (again.HasModels && plugin is not null) _madePlugins.Add(plugin);
                else if (again.HasModels && row.Entity is { } made && kind != ControlKinds.Plugins) _made.Add((row.Kind, made));
            }
            else if (again.Entities.ContainsKey((kind, Guid.ParseExact(row.Id, "D"))))
            {
                if (plugin is not null) plugins.Put(plugin);
                else if (kind == ControlKinds.Plugins) plugins.Remove(row.Id);
                else if (row.Entity is { } entity) entities.Put(Slim(entity));
                else entities.Remove(row.Id);
            }
        }
        if (kind == ControlKinds.Plugins) _plugins = plugins.ToTree();
        else _entities[kind.Config!] = entities.ToTree();
    }

    /// <summary>A million credentials need not hold the texts of their consumers once more.</summary>
    Entity Slim(Entity entity) =>
        entity is CredentialConfig { Consumer.Id: { } id } credential
        && _entities.TryGetValue(EntityKinds.Consumers, out var consumers) && consumers.TryFind(id, out var owner)
            ? credential with { Consumer = new Reference { Id = owner.Id, Name = ((ConsumerConfig)owner).Username } } : entity;

    /// <summary>Adds entities that have the names of what is made of models: only together do they show that they clash.</summary>
    static bool AddNamesakes(Rereading again, CheckedRows rows, ControlState state, Guid workspace)
    {
        var count = again.Entities.Count;
        foreach (var row in rows.Rows[EntityKinds.Routes])
            if (!IsOwn(row) && row.Name is { } name && state.Table(workspace, ControlKinds.Routes).Find(name) is { } route) again.Add(route);
        foreach (var row in rows.Rows[EntityKinds.Plugins])
            if (!IsOwn(row) && row.Name is { } name && state.Table(workspace, ControlKinds.Plugins).Find(0, GlobalKey(name)) is { } plugin) again.Add(plugin);
        return again.Entities.Count > count;
    }

    bool IsNameOfMade(Stored entity)
    {
        if (entity.Kind == ControlKinds.Routes) return _made.Exists(made => made.Entity is RouteConfig route && route.Name == entity.Name);
        return entity.Kind == ControlKinds.Plugins && _madePlugins.Exists(made => entity.KeyOf(ControlKinds.Plugins.Unique[0]) == GlobalKey(made.Entity.Name));
    }

    static string GlobalKey(string plugin) => plugin + new string('\u001f', ControlKinds.Plugins.Unique[0].Fields.Count - 1);

    /// <summary>Whether a row is what its place says: what is made of models stands at the places of the models.</summary>
    static bool IsOwn(Row row) => row.Node.Place.File is { } file && file.Length == row.Kind.Plural.Length + 1 + row.Id.Length
        && file.StartsWith(row.Kind.Plural, StringComparison.Ordinal) && file.EndsWith(row.Id, StringComparison.Ordinal);

    static (ControlKind Kind, Guid Id)? SubjectOf(Problem problem) =>
        problem.Place.File?.Split('/') is [var kind, var id] && ControlKinds.Named(kind) is { } known && Guid.TryParseExact(id, "D", out var parsed)
            ? (known, parsed) : null;

    void Forget(Stored gone)
    {
        _problems.Remove((gone.Kind, gone.Id));
        _secretive.Remove((gone.Kind, gone.Id));
        if (gone.Kind == ControlKinds.Plugins)
        {
            var plugins = _plugins.Edit();
            plugins.Remove(gone.Id.ToString());
            _plugins = plugins.ToTree();
        }
        else if (gone.Kind.Config is { } kind && _entities.TryGetValue(kind, out var tree))
        {
            var entities = tree.Edit();
            entities.Remove(gone.Id.ToString());
            _entities[kind] = entities.ToTree();
        }
    }

    static bool IsError(Problem problem) => problem.Severity == Severity.Error;

    bool HasErrors() => _problems.Values.Any(static problems => problems.Exists(IsError));

    List<Problem> Problems()
    {
        var all = _problems.Values.SelectMany(static problems => problems).OrderBy(static problem => problem.Place.File, StringComparer.Ordinal)
            .ThenBy(static problem => problem.Place.Line).ThenBy(static problem => problem.Place.Column).ToList();
        var (errors, warnings) = (all.Where(IsError).Skip(options.Limits.ProblemsMax).ToHashSet(), all.Where(static problem => !IsError(problem))
            .Skip(options.Limits.ProblemsMax).ToHashSet());
        if (errors.Count + warnings.Count == 0) return all;
        var shown = all.Where(problem => !errors.Contains(problem) && !warnings.Contains(problem)).ToList();
        AddRest(Severity.Error, errors.Count, "problems");
        AddRest(Severity.Warning, warnings.Count, "warnings");
        return shown;

        void AddRest(Severity severity, int count, string what)
        {
            if (count > 0) shown.Add(new Problem(severity, shown[0].Place with { Line = 0, Column = 0 }, "", "", $"{count} more {what} are not listed"));
        }
    }

    IReadOnlyList<T> IDocumentLists.Of<T>(EntityKind kind)
    {
        var tree = _entities.GetValueOrDefault(kind, EntityTree.Empty);
        List<T> made = [.. _made.Where(entity => entity.Kind == kind).Select(static entity => (T)entity.Entity)];
        if (_lists.GetValueOrDefault(kind) is TreeList<Entity, string, DocumentOrder, T> known && known.IsOf(tree, made)) return known;
        var list = new TreeList<Entity, string, DocumentOrder, T>(tree, made);
        _lists[kind] = list;
        return list;
    }

    IReadOnlyList<DeclaredPlugin> IDocumentLists.Plugins()
    {
        if (_lists.GetValueOrDefault(EntityKinds.Plugins) is TreeList<DeclaredPlugin, string, PluginOrder, DeclaredPlugin> known
            && known.IsOf(_plugins, _madePlugins)) return known;
        var list = new TreeList<DeclaredPlugin, string, PluginOrder, DeclaredPlugin>(_plugins, _madePlugins);
        _lists[EntityKinds.Plugins] = list;
        return list;
    }
}
