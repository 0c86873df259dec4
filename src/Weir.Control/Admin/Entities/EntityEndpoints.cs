using Weir.Config;

namespace Weir.Control;

/// <summary>
/// The paths of one kind: its list and its entities, at the top or inside a parent. A parent in the path is the value of the reference to it.
/// </summary>
/// <param name="kind">What is listed.</param>
/// <param name="reference">The reference to the parent in the path; -1 at the top.</param>
sealed class EntityEndpoints(ControlKind kind, int reference = -1)
{
    bool IsNested => reference >= 0;

    ForeignKey Reference => kind.References[reference];

    /// <summary>Every path of a kind.</summary>
    public static IEnumerable<Endpoint> Of(ControlKind kind)
    {
        if (kind.Path.Length > 0)
            foreach (var endpoint in new EntityEndpoints(kind).Endpoints()) yield return endpoint;
        foreach (var (index, key) in kind.References.Index())
        {
            if (key.Segment.Length > 0)
                foreach (var endpoint in new EntityEndpoints(kind, index).Endpoints()) yield return endpoint;
            if (kind.Path.Length > 0) yield return new TargetEndpoints(kind, index).Endpoint();
        }
    }

    /// <summary>The targets of an upstream at a path of their own, as clients from before Kong 3.0 ask for them.</summary>
    public static Endpoint AllTargets()
    {
        var targets = new EntityEndpoints(ControlKinds.Targets, 0);
        return new Endpoint("/upstreams/{upstream}/targets/all", "upstreams",
        [
            new Operation("GET", Need.Read(ControlKinds.Targets), "Lists all targets of an upstream.", targets.ListAsync)
            {
                Kind = ControlKinds.Targets,
                IsList = true,
                Query = ListPage.Parameters,
            },
        ]);
    }

    IEnumerable<Endpoint> Endpoints()
    {
        var list = IsNested ? $"/{Reference.Target.Path}/{{{Reference.Target.Singular}}}/{Reference.Segment}" : "/" + kind.Path;
        var group = IsNested ? Reference.Target.Path : kind.Path;
        var of = IsNested ? $" of a {Reference.Target.Singular}" : "";
        yield return new Endpoint(list, group,
        [
            new Operation("GET", Need.Read(kind), $"Lists {kind}{of}.", ListAsync) { Kind = kind, IsList = true, Query = ListPage.Parameters },
            new Operation("POST", Need.To(kind, AdminAction.Create), $"Adds a {kind.Singular}{of}.", CreateAsync) { Kind = kind, HasBody = true, Status = 201 },
        ]);
        yield return new Endpoint($"{list}/{{{kind.Singular}}}", group,
        [
            new Operation("GET", Need.Read(kind), $"Shows a {kind.Singular}{of}.", GetAsync) { Kind = kind },
            new Operation("PUT", Need.To(kind, AdminAction.Update, AdminAction.Create), PutSummary(of), PutAsync) { Kind = kind, HasBody = true },
            new Operation("PATCH", Need.To(kind, AdminAction.Update), $"Changes fields of a {kind.Singular}{of}.", PatchAsync) { Kind = kind, HasBody = true },
            new Operation("DELETE", Need.To(kind, AdminAction.Delete), $"Deletes a {kind.Singular}{of}, and what hangs on it.", DeleteAsync) { Status = 204 },
        ]);
    }

    string PutSummary(string of) => kind == ControlKinds.Targets
        ? $"Replaces a {kind.Singular}{of}, whole; there has to be one."
        : $"Replaces a {kind.Singular}{of}, whole, or adds it.";

    Task<Reply> ListAsync(AdminCall call)
    {
        var (page, problem) = ListPage.Of(call);
        if (page is null) return Task.FromResult(problem!);
        var table = call.State.Table(call.RoomOf(kind), kind);
        if (!IsNested) return Task.FromResult(page.Show(call, Chosen(call, table, page)));
        if (call.View.Find(Reference.Target, call[0]) is not { } parent) return Task.FromResult(Reply.NotFound);
        return Task.FromResult(page.Show(call, table.Referring(reference, parent.Id, page.After)));
    }

    IEnumerable<Stored> Chosen(AdminCall call, EntityTable table, ListPage page)
    {
        if (kind != ControlKinds.Consumers || call.Query("custom_id") is not { } customId) return table.After(page.After);
        var key = kind.Unique.Index().First(static each => each.Item.Fields[0] == "custom_id").Index;
        return table.Find(key, customId) is { } consumer ? [consumer] : [];
    }

    Task<Reply> GetAsync(AdminCall call)
    {
        var found = Find(call, call.View, out _);
        if (found is null) return Task.FromResult(Reply.NotFound);
        return Task.FromResult(kind == ControlKinds.ConsumerGroups && !IsNested
            ? ConsumerGroupEndpoints.Wrapped(call, 200, found) : EntityShown.Answer(200, found, call.View, call.Plane.Parts.Read));
    }

    async Task<Reply> CreateAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync(kind);
        if (body is null) return problem!;
        var id = Guid.Empty;
        return await call.ChangeAsync(draft =>
        {
            var node = InParent(call, draft, body, out var refused);
            return refused ?? EntityChanges.Insert(draft, call.RoomOf(kind), kind, node, out id);
        }, commit => Shown(call, commit, 201, id));
    }

    async Task<Reply> PutAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync(kind);
        if (body is null) return problem!;
        var id = Guid.Empty;
        return await call.ChangeAsync(draft =>
        {
            var node = InParent(call, draft, body, out var refused);
            if (refused is not null) return refused;
            var before = Find(call, EntityView.Of(draft, call), out var name);
            // Kong's clients rely on it: where a target is not there, they add it with POST.
            if (before is null && kind == ControlKinds.Targets) return Refusal.NotFound;
            // A name that is one only inside its parent says more than an id where there is no entity yet.
            if (before is null && IsNested && kind.UniqueIndexOfName < 0 && !TextFormats.IsUuid(name) && kind.NameField.Length > 0)
                return EntityChanges.Insert(draft, call.RoomOf(kind), kind, Nodes.Default(node, kind.NameField, name), out id);
            if (before is not null && before.Id.ToString() != name && before.Name == name) node = Nodes.Default(node, kind.NameField, name);
            return EntityChanges.Put(draft, call.RoomOf(kind), kind, before?.Id.ToString() ?? name, node, out id);
        }, commit => Shown(call, commit, 200, id));
    }

    async Task<Reply> PatchAsync(AdminCall call)
    {
        if (Find(call, call.View, out _) is not { } there) return Reply.NotFound;
        var (body, problem) = await call.ReadBodyAsync(kind, there.Kind == ControlKinds.Plugins ? there.Text("name") : null);
        if (body is null) return problem!;
        var id = Guid.Empty;
        return await call.ChangeAsync(
            draft => Find(call, EntityView.Of(draft, call), out _) is { } before
                ? EntityChanges.Patch(draft, call.RoomOf(kind), kind, before.Id.ToString(), body, out id) : Refusal.NotFound,
            commit => Shown(call, commit, 200, id));
    }

    Task<Reply> DeleteAsync(AdminCall call) => call.ChangeAsync(draft =>
    {
        var view = EntityView.Of(draft, call);
        if (IsNested && view.Find(Reference.Target, call[0]) is null) return Refusal.NotFound;
        return Find(call, view, out _) is { } there ? draft.Delete(call.RoomOf(kind), kind, there.Id.ToString()) : null;
    }, static _ => Reply.NoContent);

    /// <summary>The entity that the path names.</summary>
    Stored? Find(AdminCall call, EntityView view, out string name)
    {
        name = call[IsNested ? 1 : 0];
        if (!IsNested) return view.Find(kind, name);
        return view.Find(Reference.Target, call[0]) is { } parent ? view.FindIn(kind, reference, parent, name) : null;
    }

    /// <summary>The body with the parent of the path.</summary>
    MapNode InParent(AdminCall call, Draft draft, MapNode body, out Refusal? refused)
    {
        refused = null;
        if (!IsNested) return body;
        if (EntityView.Of(draft, call).Find(Reference.Target, call[0]) is { } parent) return Nodes.With(body, Reference.Field, Nodes.Reference(parent.Id));
        refused = Refusal.NotFound;
        return body;
    }

    Reply Shown(AdminCall call, Commit commit, int status, Guid id)
    {
        var entity = commit.State.Table(call.RoomOf(kind), kind).Find(id)!;
        return EntityShown.Answer(status, entity, EntityView.Of(commit.State, call), call.Plane.Parts.Read);
    }
}
