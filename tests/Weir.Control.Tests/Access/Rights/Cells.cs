namespace Weir.Control.Tests;

/// <summary>What an operation of the Admin API is about, said here by hand and not asked of the operation.</summary>
enum Asks
{
    /// <summary>Ways to sign in.</summary>
    Nothing,

    /// <summary>What is made for each caller.</summary>
    SignedIn,

    /// <summary>Entities of a workspace.</summary>
    Read,
    Change,

    /// <summary>Entities over workspaces.</summary>
    ReadShared,
    ChangeShared,

    /// <summary>Workspaces themselves.</summary>
    ReadWorkspaces,
    ChangeWorkspace,
    MakeWorkspace,

    /// <summary>Who has which role.</summary>
    ReadGrants,
    ChangeGrants,

    /// <summary>A workspace as a whole.</summary>
    Whole,
    Sync,
    PlanOrSync,
    Rollback,
}

/// <summary>By hand: which paths ask what. A path that stands nowhere here is a failure.</summary>
static class Cells
{
    static readonly Dictionary<string, Asks> Others = new(StringComparer.Ordinal)
    {
        ["POST /auth/first-admin"] = Asks.Nothing,
        ["POST /auth/login"] = Asks.Nothing,
        ["POST /auth/logout"] = Asks.SignedIn,
        ["GET /auth/roles"] = Asks.SignedIn,
        ["PUT /auth/password"] = Asks.SignedIn,
        ["GET /userinfo"] = Asks.SignedIn,
        ["GET /users/{user}/tokens"] = Asks.SignedIn,
        ["POST /users/{user}/tokens"] = Asks.SignedIn,
        ["GET /users/{user}/tokens/{token}"] = Asks.SignedIn,
        ["DELETE /users/{user}/tokens/{token}"] = Asks.SignedIn,
        ["POST /users/{user}/tokens/{token}/rotate"] = Asks.SignedIn,
        ["GET /"] = Asks.SignedIn,
        ["GET /kong"] = Asks.SignedIn,
        ["GET /status"] = Asks.SignedIn,
        ["GET /plugins/enabled"] = Asks.SignedIn,
        ["DELETE /cache"] = Asks.SignedIn,
        ["GET /cache/{key}"] = Asks.SignedIn,
        ["DELETE /cache/{key}"] = Asks.SignedIn,
        ["GET /schemas/{entity}"] = Asks.SignedIn,
        ["POST /schemas/{entity}/validate"] = Asks.SignedIn,
        ["GET /schemas/plugins/{plugin}"] = Asks.SignedIn,
        ["GET /plugins/schema/{plugin}"] = Asks.SignedIn,
        ["GET /schemas/vaults/{vault}"] = Asks.SignedIn,
        ["GET /schemas/partials/{type}"] = Asks.SignedIn,
        ["GET /openapi.json"] = Asks.SignedIn,
        ["GET /endpoints"] = Asks.SignedIn,
        ["GET /tags"] = Asks.SignedIn,
        ["GET /tags/{tag}"] = Asks.SignedIn,
        ["GET /journal"] = Asks.SignedIn,
        ["GET /revisions/{revision}"] = Asks.SignedIn,
        ["GET /diff"] = Asks.SignedIn,
        ["GET /blame/{kind}/{id}"] = Asks.SignedIn,
        ["GET /violations"] = Asks.SignedIn,
        ["GET /default-guardrails"] = Asks.SignedIn,
        ["POST /default-guardrails"] = Asks.ChangeShared,
        ["GET /journal/checkpoint"] = Asks.SignedIn,
        ["GET /journal/key"] = Asks.SignedIn,
        ["GET /clustering/data-planes"] = Asks.ReadShared,
        ["GET /clustering/status"] = Asks.ReadShared,
        ["POST /transactions"] = Asks.SignedIn,
        ["POST /rollback"] = Asks.Rollback,
        ["GET /config"] = Asks.Whole,
        ["POST /config"] = Asks.Sync,
        ["GET /dump"] = Asks.Whole,
        ["POST /sync"] = Asks.PlanOrSync,
    };

    /// <summary>What the last named part of a path is a list or a member of, where that is not its own name.</summary>
    static readonly Dictionary<string, string> KindOfPart = new(StringComparer.Ordinal)
    {
        ["members"] = "team_members",
        ["exceptions"] = "guardrail_exceptions",
        ["consumer"] = "consumers",
        ["consumer_group"] = "consumer_groups",
        ["certificate"] = "certificates",
        ["client_certificate"] = "certificates",
        ["service"] = "services",
        ["route"] = "routes",
        ["upstream"] = "upstreams",
        ["set"] = "key-sets",
        ["model"] = "ai_models",
        ["guardrail"] = "guardrails",
        ["default-guardrails"] = "guardrails",
        ["user"] = "users",
        ["team"] = "teams",
        ["workspace"] = "workspaces",
        ["all"] = "targets",
    };

    /// <summary>Lists that a user's path has of what stands elsewhere under another name.</summary>
    const string TeamsOfUser = "/users/{user}/teams";

    static readonly string[] OfWorkspaces =
    [
        "vaults", "ca_certificates", "certificates", "snis", "key-sets", "keys", "partials", "budgets", "consumer_groups", "consumers", "model_providers",
        "policies", "models", "services", "routes", "upstreams", "targets", "key-auths", "key-auth", "basic-auths", "basic-auth", "hmac-auths", "hmac-auth",
        "jwts", "jwt", "acls", "ai_models", "virtual_keys", "plugins",
    ];

    static readonly string[] OverWorkspaces = ["guardrails", "guardrail_exceptions", "users", "teams", "team_members", "roles", "gateways", "join-tokens"];

    /// <summary>What an operation is about, and the path of its kind where it is one.</summary>
    public static (Asks Asks, string Kind) Of(string method, string template)
    {
        if (Others.TryGetValue($"{method} {template}", out var asks)) return (asks, "");
        var isMembership = template.StartsWith("/consumer_groups/{consumer_group}/consumers", StringComparison.Ordinal)
            || template.StartsWith("/consumers/{consumer}/consumer_groups", StringComparison.Ordinal);
        if (isMembership && method != "GET") return (Asks.Change, "memberships");
        var last = template.Split('/', StringSplitOptions.RemoveEmptyEntries).Last(static part => !part.StartsWith('{'));
        var kind = template.StartsWith(TeamsOfUser, StringComparison.Ordinal) ? "team_members" : KindOfPart.GetValueOrDefault(last, last);
        var isRead = method == "GET";
        if (OfWorkspaces.Contains(kind)) return (isRead ? Asks.Read : Asks.Change, kind);
        if (OverWorkspaces.Contains(kind)) return (isRead ? Asks.ReadShared : Asks.ChangeShared, kind);
        if (kind == "grants") return (isRead ? Asks.ReadGrants : Asks.ChangeGrants, kind);
        if (kind != "workspaces") throw new InvalidOperationException($"{method} {template}: say here what it asks of its caller");
        return (isRead ? Asks.ReadWorkspaces : method is "PUT" or "PATCH" ? Asks.ChangeWorkspace : Asks.MakeWorkspace, kind);
    }
}
