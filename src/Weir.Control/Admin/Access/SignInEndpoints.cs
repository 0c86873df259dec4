using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Ways to say who one is, and to hear it.</summary>
sealed class SignInEndpoints(ControlPlane plane, SignIn signIn)
{
    /// <summary>Passwords that are checked at the same time: each costs a good part of a second of a core.</summary>
    const int ChecksMax = 2;

    /// <summary>Requests that wait for that; more are sent away.</summary>
    const int WaitingMax = 32;

    static readonly Reply Busy = Reply.Message(503, "too many people sign in at the moment; try again") with { Headers = [("Retry-After", "1")] };

    static readonly SemaphoreSlim Checks = new(ChecksMax);

    int _waiting;

    public IEnumerable<Endpoint> All()
    {
        yield return Post("/auth/first-admin", Need.Nothing, "Makes the first administrator, with the token that was printed at the start.", FirstAsync, 201);
        yield return Post("/auth/login", Need.Nothing, "Begins a session of a user with a password.", LoginAsync, 200);
        yield return new Endpoint("/auth/logout", "access", [new Operation("POST", Need.SignedIn, "Ends the session.", Logout) { Status = 204 }]);
        yield return new Endpoint("/auth/roles", "access", [new Operation("GET", Need.SignedIn, "Lists the built-in roles.", Roles)]);
        yield return new Endpoint("/auth/password", "access",
            [new Operation("PUT", Need.SignedIn, "Changes one's own password.", PasswordAsync) { HasBody = true, Status = 204 }]);
        yield return new Endpoint("/userinfo", "access", [new Operation("GET", Need.SignedIn, "Says who one is, and which roles one has where.", WhoAmI)]);
    }

    static Endpoint Post(string path, Need need, string summary, Func<AdminCall, Task<Reply>> handle, int status) =>
        new(path, "access", [new Operation("POST", need, summary, handle) { HasBody = true, Status = status }]);

    async Task<Reply> FirstAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        var address = SignIn.AddressOf(call.Http);
        if (signIn.Limit.IsOver(address)) return SignIn.TooOften;
        if (body.FindText("token") is not { } first || !signIn.First.Take(first))
        {
            signIn.Limit.Failed(address);
            return SignIn.Unknown;
        }
        var (id, token, until) = (Guid.Empty, AdminToken.New(), plane.Parts.Time.GetUtcNow().AddDays(TokenChanges.DaysDefault));
        var author = call.Author with { Name = body.FindText("name") ?? Caller.AnonymousName, Rights = Rights.Everything };
        var commit = await call.CommitAsync(draft =>
        {
            var refused = FirstAdmin.Add(draft, body.Without("token"), out id) ?? TokenChanges.Add(draft, id, "first", token, until, out _);
            return refused is null ? [] : [refused];
        }, CommitOptions.Default, author);
        if (!commit.Ok)
        {
            signIn.First.GiveBack(first);
            return Reply.Of(commit.Refusals);
        }
        return Reply.Json(201, Given(commit.State.Table(ControlState.Root, ControlKinds.Users).Find(id)!.Name!, token, until));
    }

    async Task<Reply> LoginAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        List<(string, string)> problems = [];
        foreach (var field in (ReadOnlySpan<string>)["name", "password"])
            if (body.FindText(field) is null) problems.Add((field, "required field missing"));
        if (problems.Count > 0) return Reply.Of(Refusal.Violation(problems));
        var (name, password) = (body.FindText("name")!, body.FindText("password")!);
        if (await RightAsync(call, name, password) is var (user, refused) && user is null) return refused!;
        var (token, until) = signIn.Sessions.Begin(user.Id, SignIn.Read(user).Password!);
        return Reply.Json(200, Given(user.Name!, token, until)) with { Headers = [("Cache-Control", "no-store")] };
    }

    /// <summary>The user whose password it is; nobody is told whether there is one without.</summary>
    async Task<(Stored? User, Reply? Refused)> RightAsync(AdminCall call, string name, string password)
    {
        // By name as well as by address: many addresses may guess at one user.
        var (address, account) = (SignIn.AddressOf(call.Http), "user " + name);
        if (signIn.Limit.IsOver(address) || signIn.Limit.IsOver(account)) return (null, SignIn.TooOften);
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            return (null, Busy);
        }
        var user = call.State.Table(ControlState.Root, ControlKinds.Users).Find(name);
        var config = user is null || user.Name != name ? null : SignIn.Read(user);
        await Checks.WaitAsync(call.Aborted);
        bool isRight;
        try
        {
            isRight = await Task.Run(() => PasswordHash.Matches(password, config?.Password), call.Aborted) && config!.Enabled;
        }
        finally
        {
            Checks.Release();
            Interlocked.Decrement(ref _waiting);
        }
        if (isRight) return (user, null);
        signIn.Limit.Failed(address);
        signIn.Limit.Failed(account);
        return (null, SignIn.Unknown);
    }

    Task<Reply> Logout(AdminCall call)
    {
        if (SignIn.CredentialOf(call.Http) is { } credential) signIn.Sessions.End(AdminToken.DigestOf(credential));
        return Task.FromResult(Reply.NoContent);
    }

    async Task<Reply> PasswordAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        if (call.Caller.User is not { } self) return Reply.Message(403, "only a user has a password");
        if (body.FindText("old") is not { } old || body.FindText("new") is not { } wanted)
            return Reply.Of(Refusal.Violation([.. Missing(body, "old"), .. Missing(body, "new")]));
        if (PasswordHash.IsHash(wanted)) return Reply.Of(Refusal.Violation("new", "expected a password"));
        var (user, refused) = await RightAsync(call, call.Caller.Name, old);
        if (user is null || user.Id != self) return refused ?? SignIn.Unknown;
        var patch = new MapNode(default, [new MapEntry("password", default, Nodes.Text(wanted))]);
        var commit = await call.CommitAsync(
            draft => draft.Patch(ControlState.Root, ControlKinds.Users, self.ToString(), patch, out _) is { } problem ? [problem] : [],
            CommitOptions.Default, call.Author with { Rights = Rights.Everything });
        return commit.Ok ? Reply.NoContent : Reply.Of(commit.Refusals);
    }

    static IEnumerable<(string, string)> Missing(MapNode body, string field) => body.FindText(field) is null ? [(field, "required field missing")] : [];

    static Task<Reply> WhoAmI(AdminCall call)
    {
        var roles = new JsonArray();
        foreach (var held in call.Rights.Held)
            roles.Add(new JsonObject
            {
                ["role"] = held.Role.Name,
                ["workspace"] = held.Workspace is { } workspace ? call.State.Workspace(workspace.ToString())?.Name : null,
            });
        return Task.FromResult(Reply.Json(200, new JsonObject
        {
            ["name"] = call.Caller.Name,
            ["id"] = call.Caller.User?.ToString(),
            ["roles"] = roles,
            ["workspaces"] = new JsonArray([.. call.State.Workspaces.Where(each => call.Rights.Sees(each.Id)).Select(static each => (JsonNode?)each.Name)]),
        }));
    }

    static Task<Reply> Roles(AdminCall call) => Task.FromResult(Reply.Json(200, new JsonObject
    {
        ["data"] = new JsonArray([.. BuiltInRoles.All.Select(static role => (JsonNode)new JsonObject { ["name"] = role.Name, ["comment"] = role.Comment })]),
        ["next"] = null,
    }));

    static JsonObject Given(string user, string token, DateTimeOffset until) => new()
    {
        ["user"] = user,
        ["token"] = token,
        ["expires_at"] = until.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
    };
}
