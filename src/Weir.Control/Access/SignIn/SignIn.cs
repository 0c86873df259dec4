using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Weir.Control;

/// <summary>
/// Says who calls, by a token in <c>Kong-Admin-Token</c> or as a bearer in <c>Authorization</c>. Where rights are not enforced, who says nothing or
/// something wrong is somebody all the same, with every right; where they are, nobody.
/// </summary>
sealed class SignIn
{
    public const string TokenHeader = "Kong-Admin-Token";

    const string BearerPrefix = "Bearer ";
    const int DigestOfToken = 0;
    const int SubjectOfUser = 1;

    /// <summary>Begins the names of callers whom only the provider knows: no user can have such a name.</summary>
    const string OidcPrefix = "oidc:";

    readonly ControlPlane _plane;
    readonly ConcurrentDictionary<Guid, DateTimeOffset> _lastUsed = [];

    /// <param name="plane">Has the users.</param>
    /// <param name="enforcesRights">Whether callers have only the rights that they were given.</param>
    /// <param name="oidc">Whose tokens count besides; null for nobody's.</param>
    public SignIn(ControlPlane plane, bool enforcesRights, OidcProvider? oidc)
    {
        (_plane, EnforcesRights, Oidc) = (plane, enforcesRights, oidc);
        Limit = new SignInLimit(plane.Parts.Time);
        Sessions = new Sessions(plane.Parts.Time);
        First = new FirstAdmin(plane);
    }

    public bool EnforcesRights { get; }

    public OidcProvider? Oidc { get; }

    public SignInLimit Limit { get; }

    public Sessions Sessions { get; }

    public FirstAdmin First { get; }

    /// <summary>What is answered to nobody.</summary>
    public static Reply Unknown { get; } = Reply.Message(401, "Invalid credentials. Token or User credentials required");

    public static Reply TooOften { get; } = Reply.Message(429, "Too many wrong credentials from this address; try again in a minute")
        with
    { Headers = [("Retry-After", "60")] };

    /// <summary>When a token was last used at this node; null for never since it started.</summary>
    public DateTimeOffset? LastUsed(Guid token) => _lastUsed.TryGetValue(token, out var at) ? at : null;

    /// <summary>Who calls.</summary>
    /// <param name="context">The request.</param>
    /// <param name="state">Who there is.</param>
    /// <param name="otherwise">The name of somebody where nobody has to prove who calls.</param>
    public async Task<(Caller Caller, Reply? Refused)> OfAsync(HttpContext context, ControlState state, string otherwise)
    {
        var open = new Caller(otherwise, null, Rights.Everything);
        if (CredentialOf(context) is not { } credential) return EnforcesRights ? (Caller.Nobody, null) : (open, null);
        if (await KnownAsync(credential, state, context.RequestAborted) is { } known)
            return (EnforcesRights ? known : known with { Rights = Rights.Everything }, null);
        if (!EnforcesRights) return (open, null);
        var address = AddressOf(context);
        if (Limit.IsOver(address)) return (Caller.Nobody, TooOften);
        Limit.Failed(address);
        return (Caller.Nobody, null);
    }

    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>The token that a request shows; null for none.</summary>
    public static string? CredentialOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers[TokenHeader].ToString() is { Length: > 0 } token) return token;
        var authorization = headers.Authorization.ToString();
        return authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? authorization[BearerPrefix.Length..].Trim() : null;
    }

    async Task<Caller?> KnownAsync(string credential, ControlState state, CancellationToken cancellation)
    {
        if (Oidc is null || !OidcToken.Looks(credential)) return Known(credential, state);
        return await Oidc.IdentityOfAsync(credential, cancellation) is { } identity ? Known(identity, state) : null;
    }

    /// <summary>Rights come by the teams of somebody's groups, and by their user where they have one.</summary>
    static Caller? Known(OidcIdentity identity, ControlState state)
    {
        var teams = state.Table(ControlState.Root, ControlKinds.Teams).All.Where(team => IsOf(team, identity.Groups)).Select(static team => team.Id);
        var byGroups = RightsOf.In(state).Teams(teams);
        if (state.Table(ControlState.Root, ControlKinds.Users).Find(SubjectOfUser, identity.Subject) is not { } user)
            return new Caller(OidcPrefix + identity.Name, null, byGroups);
        return Read(user).Enabled ? new Caller(user.Name!, user.Id, new Rights([.. byGroups.Held, .. RightsOf.In(state).User(user.Id).Held])) : null;
    }

    static bool IsOf(Stored team, IReadOnlyList<string> groups)
    {
        var config = (TeamConfig)JsonSerializer.Deserialize(team.Json.Span, ControlKinds.Teams.Type)!;
        return config.Groups?.Any(groups.Contains) == true;
    }

    Caller? Known(string credential, ControlState state)
    {
        if (credential.Length > AdminToken.CharsMax) return null;
        var digest = AdminToken.DigestOf(credential);
        if (Sessions.Find(digest) is var (person, password))
            return UserOf(person, state) is { } signedIn && Read(signedIn).Password == password ? CallerOf(signedIn, state) : null;
        var now = _plane.Parts.Time.GetUtcNow();
        if (state.Table(ControlState.Root, ControlKinds.Tokens).Find(DigestOfToken, digest) is not { } token) return null;
        var config = (TokenConfig)JsonSerializer.Deserialize(token.Json.Span, ControlKinds.Tokens.Type)!;
        if (now.ToUnixTimeSeconds() >= config.ExpiresAt || token.Reference("user") is not { } id || UserOf(id, state) is not { } user) return null;
        _lastUsed[token.Id] = now;
        return CallerOf(user, state) with { Token = token.Id };
    }

    static Stored? UserOf(Guid id, ControlState state) =>
        state.Table(ControlState.Root, ControlKinds.Users).Find(id) is { } user && Read(user).Enabled ? user : null;

    static Caller CallerOf(Stored user, ControlState state) => new(user.Name!, user.Id, RightsOf.In(state).User(user.Id));

    public static UserConfig Read(Stored user) => (UserConfig)JsonSerializer.Deserialize(user.Json.Span, ControlKinds.Users.Type)!;
}
