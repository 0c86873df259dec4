namespace Weir.Control;

/// <summary>The entity that another refers to, as a path of that one: <c>/routes/{route}/service</c>.</summary>
sealed class TargetEndpoints(ControlKind kind, int reference)
{
    ForeignKey Reference => kind.References[reference];

    public Endpoint Endpoint() => new($"/{kind.Path}/{{{kind.Singular}}}/{Reference.Field}", kind.Path,
    [
        new Operation("GET", Need.Read(Reference.Target), $"Shows the {Reference.Field} of a {kind.Singular}.", GetAsync) { Kind = Reference.Target },
        new Operation("PUT", Need.To(Reference.Target, AdminAction.Update), $"Replaces the {Reference.Field} of a {kind.Singular}, whole.", PutAsync)
        {
            Kind = Reference.Target,
            HasBody = true,
        },
        new Operation("PATCH", Need.To(Reference.Target, AdminAction.Update), $"Changes fields of the {Reference.Field} of a {kind.Singular}.", PatchAsync)
        {
            Kind = Reference.Target,
            HasBody = true,
        },
    ]);

    Task<Reply> GetAsync(AdminCall call) => Task.FromResult(
        Find(call, call.View) is { } target ? EntityShown.Answer(200, target, call.View, call.Plane.Parts.Read) : Reply.NotFound);

    async Task<Reply> PutAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync(Reference.Target);
        return body is null ? problem! : await ChangeAsync(call, (draft, target) =>
            EntityChanges.Put(draft, call.RoomOf(Reference.Target), Reference.Target, target.Id.ToString(), body, out _));
    }

    async Task<Reply> PatchAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync(Reference.Target);
        return body is null ? problem! : await ChangeAsync(call, (draft, target) =>
            EntityChanges.Patch(draft, call.RoomOf(Reference.Target), Reference.Target, target.Id.ToString(), body, out _));
    }

    Task<Reply> ChangeAsync(AdminCall call, Func<Draft, Stored, Refusal?> change)
    {
        var id = Guid.Empty;
        return call.ChangeAsync(draft =>
        {
            if (Find(call, EntityView.Of(draft, call)) is not { } target) return Refusal.NotFound;
            id = target.Id;
            return change(draft, target);
        }, commit => EntityShown.Answer(
            200, commit.State.Table(call.RoomOf(Reference.Target), Reference.Target).Find(id)!, EntityView.Of(commit.State, call), call.Plane.Parts.Read));
    }

    Stored? Find(AdminCall call, EntityView view) =>
        view.Find(kind, call[0])?.Reference(Reference.Field) is { } id ? view.Find(Reference.Target, id.ToString()) : null;
}
