using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Many changes at once, and the way back.</summary>
sealed class TransactionEndpoints(ControlPlane plane)
{
    /// <summary>How often a plan is made anew because the state moved between plan and change.</summary>
    const int PlansMax = 5;

    readonly ChangeShown _shown = new(plane.Parts.Read);
    readonly History _history = new(plane);

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/transactions", "history",
        [
            new Operation("POST", Need.SignedIn, "Makes many changes in one transaction, or says what they would be.", PostAsync)
            {
                HasBody = true,
                BodyBytesMax = Operation.DocumentBytesMax,
            },
        ]);
        yield return new Endpoint("/rollback", "history",
        [
            new Operation("POST", Need.Somewhere(AdminAction.Rollback), "Restores an earlier revision by a new transaction.", RollbackAsync)
            {
                HasBody = true,
            },
        ]);
    }

    async Task<Reply> PostAsync(AdminCall call)
    {
        var (text, problem) = await BodyReader.ReadTextAsync(call);
        if (text is null) return problem!;
        var (node, broken) = BodyReader.ReadJson(text);
        if (node is null) return broken!;
        var workspace = call.State.Table(ControlState.Root, ControlKinds.Workspaces).Find(call.Workspace)!.Name!;
        var (request, refusals) = TransactionRequest.Read(node, workspace);
        if (request is null) return Refused(refusals);
        var options = new CommitOptions(request.IsDryRun, request.ExpectedRevision, request.PasswordsAreHashed);
        var author = request.Reason is { } reason ? call.Author with { Reason = reason } : call.Author;
        if (request.PlanHash is { } wanted) return await PlannedAsync(call, request, author, options, wanted);
        var commit = await call.CommitAsync(request.Apply, options, author);
        return Answer(commit, request.HashOf(commit.Changes));
    }

    /// <summary>Makes the changes if they are the ones that were planned.</summary>
    async Task<Reply> PlannedAsync(AdminCall call, TransactionRequest request, Author author, CommitOptions options, string planHash)
    {
        for (var plans = 0; plans < PlansMax; plans++)
        {
            var plan = await call.CommitAsync(request.Apply, options with { IsDryRun = true }, author);
            var hash = request.HashOf(plan.Changes);
            if (!plan.Ok) return Answer(plan, hash);
            if (hash != planHash) return Reply.Message(409, $"the plan has changed: {planHash} was agreed to, it would be {hash} now");
            if (options.IsDryRun) return Answer(plan, hash);
            var commit = await call.CommitAsync(request.Apply, options with { ExpectedRevision = plan.State.Revision }, author);
            if (commit.Ok || commit.State.Revision == plan.State.Revision) return Answer(commit, hash);
        }
        return Reply.Message(409, "the state keeps changing; try again");
    }

    async Task<Reply> RollbackAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        List<(string Field, string Message)> problems = [];
        var to = ReadRevision(body, problems);
        var isDryRun = body.Find("dry_run") is ScalarNode { Kind: ScalarKind.Boolean, Text: "true" };
        var only = call.IsInWorkspace ? call.Workspace : (Guid?)null;
        if (body.FindText("workspace") is { } name)
        {
            only = WorkspaceQuery.Find(call, name)?.Id;
            if (only is null) problems.Add(("workspace", $"there is no workspace '{name}'"));
        }
        if (to > call.State.Revision) problems.Add(("to", $"the current revision is {call.State.Revision}"));
        if (to < plane.Journal.Start) problems.Add(("to", $"transactions up to revision {plane.Journal.Start} are archived elsewhere"));
        if (problems.Count > 0) return Reply.Of(Refusal.Violation(problems));
        if (!call.Rights.May(AdminAction.Rollback, only ?? ControlState.Root)) return call.MayNot(AdminAction.Rollback);
        // What was taken from somebody does not come back with the rest, and neither does a gateway that was revoked or a join token that was used up.
        var back = (await _history.BetweenAsync(call.State.Revision, to, call.Aborted))
            .Where(change => (only is null || change.Workspace == only) && !change.Kind.IsKept && !ControlKinds.OfAccess.Contains(change.Kind)).ToList();
        // Names in the state are in the form they are kept in. Nothing may have changed since what is to be undone was read.
        var options = new CommitOptions(isDryRun, call.State.Revision, PasswordsAreHashed: true);
        var reason = body.FindText("reason") ?? (call.Author.Reason.Length > 0 ? call.Author.Reason : $"rollback to revision {to}");
        var author = call.Author with { Reason = reason };
        return Answer(await call.CommitAsync(draft => Restore(draft, back), options, author), null);
    }

    static long ReadRevision(MapNode body, List<(string Field, string Message)> problems)
    {
        if (body.Find("to") is ScalarNode { Kind: ScalarKind.Integer } number && Scalars.TryInteger(number.Text, out var to) && to >= 0) return to;
        problems.Add(("to", body.Find("to") is null ? "required field missing" : "expected a revision"));
        return 0;
    }

    /// <summary>Puts back what was, each kind after those it refers to, then takes away what was not, the other way round.</summary>
    static List<Refusal> Restore(Draft draft, List<Change> back)
    {
        List<Refusal> refusals = [];
        foreach (var kind in ControlKinds.All)
            foreach (var change in back.Where(change => change.Kind == kind && change.After is not null))
            {
                var node = Nodes.Read(new Stored(kind, change.Id, change.After!.Value, 0));
                if (draft.Put(change.Workspace, kind, change.Id.ToString(), node, out _) is { } refused)
                    refusals.Add(refused with { Subject = (kind, change.Id) });
            }
        foreach (var kind in ControlKinds.All.Reverse())
            foreach (var change in back.Where(change => change.Kind == kind && change.After is null))
                if (draft.Delete(change.Workspace, kind, change.Id.ToString()) is { } refused)
                    refusals.Add(refused with { Subject = (kind, change.Id) });
        return refusals;
    }

    Reply Answer(Commit commit, string? planHash)
    {
        if (!commit.Ok) return Refused(commit.Refusals);
        var body = new JsonObject
        {
            ["revision"] = commit.Transaction?.Revision,
            ["based_on"] = commit.Transaction is { } made ? made.Revision - 1 : commit.State.Revision,
            ["changes"] = _shown.Of(commit.Changes, commit.State),
        };
        if (planHash is not null) body["plan_hash"] = planHash;
        return Reply.Json(200, body);
    }

    static Reply Refused(IReadOnlyList<Refusal> refusals) => Reply.Json(refusals[0].Status, new JsonObject
    {
        ["message"] = refusals.Count == 1 ? refusals[0].Message : $"{refusals.Count} changes are refused; the first: {refusals[0].Message}",
        ["refusals"] = Reply.List(refusals),
    });
}
