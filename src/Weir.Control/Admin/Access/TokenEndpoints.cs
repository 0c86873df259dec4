using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Tokens of users: everybody has their own, at <c>/users/me/tokens</c>; who may change tokens has those of users with no more rights.</summary>
sealed class TokenEndpoints(SignIn signIn)
{
    const string Self = "me";
    const int UserOfToken = 0;

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/users/{user}/tokens", "access",
        [
            new Operation("GET", Need.SignedIn, "Lists the tokens of a user, without what proves who calls.", List) { IsList = true },
            new Operation("POST", Need.SignedIn, "Makes a token, which is shown this once.", CreateAsync) { HasBody = true, Status = 201 },
        ]);
        yield return new Endpoint("/users/{user}/tokens/{token}", "access",
        [
            new Operation("GET", Need.SignedIn, "Shows a token, without what proves who calls.", Get),
            new Operation("DELETE", Need.SignedIn, "Revokes a token, at once.", RevokeAsync) { Status = 204 },
        ]);
        yield return new Endpoint("/users/{user}/tokens/{token}/rotate", "access",
            [new Operation("POST", Need.SignedIn, "Makes a token's successor; the old one counts for a while.", RotateAsync) { HasBody = true, Status = 201 }]);
    }

    Task<Reply> List(AdminCall call)
    {
        if (User(call, AdminAction.Read, out var refused) is not { } user) return Task.FromResult(refused!);
        var tokens = call.State.Table(ControlState.Root, ControlKinds.Tokens).Referring(UserOfToken, user.Id);
        return Task.FromResult(Reply.Json(200, new JsonObject { ["data"] = new JsonArray([.. tokens.Select(Shown)]), ["next"] = null }));
    }

    Task<Reply> Get(AdminCall call)
    {
        if (User(call, AdminAction.Read, out var refused) is not { } user) return Task.FromResult(refused!);
        return Task.FromResult(Find(call, user) is { } token ? Reply.Json(200, Shown(token)) : Reply.NotFound);
    }

    async Task<Reply> CreateAsync(AdminCall call)
    {
        if (User(call, AdminAction.Create, out var refused) is not { } user) return refused!;
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        List<(string Field, string Message)> problems = Unknown(body, "name", "expires_in_days");
        if (body.FindText("name") is not { } name) problems.Add(("name", "required field missing"));
        var days = Number(body, "expires_in_days", TokenChanges.DaysDefault, 1, TokenChanges.DaysMax, problems);
        if (problems.Count > 0) return Reply.Of(Refusal.Violation(problems));
        var (token, until) = (AdminToken.New(), call.Plane.Parts.Time.GetUtcNow().AddDays(days));
        return await MakeAsync(call, user, token, draft => TokenChanges.Add(draft, user.Id, body.FindText("name")!, token, until, out _));
    }

    async Task<Reply> RotateAsync(AdminCall call)
    {
        if (User(call, AdminAction.Create, out var refused) is not { } user) return refused!;
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        List<(string Field, string Message)> problems = Unknown(body, "overlap_seconds", "expires_in_days");
        var overlap = Number(body, "overlap_seconds", TokenChanges.OverlapSecondsDefault, 0, TokenChanges.OverlapSecondsMax, problems);
        var days = Number(body, "expires_in_days", TokenChanges.DaysDefault, 1, TokenChanges.DaysMax, problems);
        if (problems.Count > 0) return Reply.Of(Refusal.Violation(problems));
        if (Find(call, user) is not { } old) return Reply.NotFound;
        var (token, now) = (AdminToken.New(), call.Plane.Parts.Time.GetUtcNow());
        return await MakeAsync(call, user, token, draft => draft.Find(ControlState.Root, ControlKinds.Tokens, old.Id.ToString()) is { } still
            ? TokenChanges.Rotate(draft, still, token, now.AddDays(days), now.AddSeconds(overlap), out _) : Refusal.NotFound);
    }

    async Task<Reply> RevokeAsync(AdminCall call)
    {
        if (User(call, AdminAction.Delete, out var refused) is not { } user) return refused!;
        if (Find(call, user) is not { } token) return Reply.NotFound;
        var commit = await call.CommitAsync(draft => draft.Delete(ControlState.Root, ControlKinds.Tokens, token.Id.ToString()) is { } problem ? [problem] : [],
            CommitOptions.Default, AuthorFor(call, user));
        return commit.Ok ? Reply.NoContent : Reply.Of(commit.Refusals);
    }

    async Task<Reply> MakeAsync(AdminCall call, Stored user, string token, Func<Draft, Refusal?> work)
    {
        var commit = await call.CommitAsync(draft => work(draft) is { } refused ? [refused] : [], CommitOptions.Default, AuthorFor(call, user));
        if (!commit.Ok) return Reply.Of(commit.Refusals);
        var stored = commit.State.Table(ControlState.Root, ControlKinds.Tokens).Find(0, AdminToken.DigestOf(token))!;
        var shown = Shown(stored);
        shown["token"] = token;
        return Reply.Json(201, shown) with { Headers = [("Cache-Control", "no-store")] };
    }

    /// <summary>One's own tokens need no permission; those of others are judged as every change is.</summary>
    static Author AuthorFor(AdminCall call, Stored user) => user.Id == call.Caller.User ? call.Author with { Rights = Rights.Everything } : call.Author;

    static Stored? User(AdminCall call, AdminAction action, out Reply? refused)
    {
        refused = null;
        var users = call.State.Table(ControlState.Root, ControlKinds.Users);
        var name = call[0];
        var user = name == Self ? call.Caller.User is { } self ? users.Find(self) : null : users.Find(name);
        if (user is not null && user.Id == call.Caller.User) return user;
        // Who may not know of a user is not told that there is none.
        if (name != Self && !call.Rights.May(action, ControlKinds.Tokens, ControlState.Root)) refused = call.MayNot(action);
        else if (user is null) refused = Reply.NotFound;
        return refused is null ? user : null;
    }

    static Stored? Find(AdminCall call, Stored user)
    {
        var tokens = call.State.Table(ControlState.Root, ControlKinds.Tokens);
        return tokens.Find(call[1]) is { } found && found.Reference("user") == user.Id ? found
            : tokens.Referring(UserOfToken, user.Id).FirstOrDefault(token => token.Name == call[1]);
    }

    JsonObject Shown(Stored token)
    {
        var shown = JsonNode.Parse(token.Json.Span)!.AsObject();
        shown.Remove("digest");
        // Of this node, since it started.
        shown["last_used_at"] = signIn.LastUsed(token.Id)?.ToUnixTimeSeconds();
        return shown;
    }

    static List<(string, string)> Unknown(MapNode body, params string[] fields) =>
        [.. body.Entries.Where(entry => !fields.Contains(entry.Key)).Select(entry => (entry.Key, "unknown field" + Suggestion.For(entry.Key, fields)))];

    static int Number(MapNode body, string field, int otherwise, int min, int max, List<(string Field, string Message)> problems)
    {
        if (body.Find(field) is null or ScalarNode { Kind: ScalarKind.Null }) return otherwise;
        if (body.Find(field) is ScalarNode scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
            return number;
        problems.Add((field, $"expected an integer from {min} to {max}"));
        return otherwise;
    }
}
