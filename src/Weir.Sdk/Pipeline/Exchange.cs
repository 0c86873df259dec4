using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weir;

/// <summary>Who gave the answer.</summary>
public enum AnswerSource
{
    /// <summary>Nobody yet.</summary>
    None,

    /// <summary>The upstream service.</summary>
    Upstream,

    /// <summary>A plugin, on purpose.</summary>
    Exit,

    /// <summary>The gateway, because something failed.</summary>
    Error,
}

/// <summary>
/// One request and its answer, pinned to the configuration it arrived under. Instances are reused by the connection: nothing may hold on to one after
/// its last phase.
/// </summary>
public sealed partial class Exchange
{
    /// <summary>Request and response as ASP.NET Core sees them. Changing request headers here changes what the upstream gets.</summary>
    public HttpContext Http { get; internal set; } = null!;

    /// <summary>32 lower-case hex characters; the same in logs, error bodies, and both sides' X-Kong-Request-Id.</summary>
    public string RequestId { get; internal set; } = "";

    /// <summary>Method as the client sent it.</summary>
    public string Method { get; internal set; } = "";

    /// <summary>Scheme the client used: http or https; a trusted proxy's X-Forwarded-Proto counts.</summary>
    public string Scheme { get; internal set; } = "http";

    /// <summary>Request target as the client sent it: raw path and query.</summary>
    public string RawTarget { get; internal set; } = "/";

    /// <summary>Normalised path without query; what routes are matched against.</summary>
    public string Path { get; internal set; } = "/";

    /// <summary>The client: the peer, or who a trusted proxy says it is.</summary>
    public IPAddress ClientIp { get; internal set; } = IPAddress.None;

    /// <summary>The client's port, or 0 when unknown.</summary>
    public int ClientPort { get; internal set; }

    /// <summary>The other end of the connection; differs from <see cref="ClientIp"/> behind a trusted proxy.</summary>
    public IPAddress PeerIp { get; internal set; } = IPAddress.None;

    /// <summary>Whether the peer's X-Forwarded-* headers count.</summary>
    public bool PeerIsTrusted { get; internal set; }

    /// <summary>Server name of the TLS handshake without trailing dot, or null.</summary>
    public string? Sni { get; internal set; }

    /// <summary>The matched route; null when none matched.</summary>
    public EntityRef? Route { get; internal set; }

    /// <summary>The route's service; null for a route without one.</summary>
    public EntityRef? Service { get; internal set; }

    /// <summary>The part of <see cref="Path"/> that the route's path matched; what strip_path removes.</summary>
    public string MatchedPath => Path[..MatchedPathLength];

    internal int MatchedPathLength { get; set; }

    /// <summary>Captures of the route's regex path by number and by name; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? UriCaptures { get; internal set; }

    /// <summary>What will be sent upstream.</summary>
    public UpstreamRequest Upstream { get; } = new();

    /// <summary>Who is calling; null until an authentication plugin says so.</summary>
    public Consumer? Consumer { get; private set; }

    /// <summary>What proved it; null for anonymous consumers.</summary>
    public Credential? Credential { get; private set; }

    /// <summary>True once somebody was authenticated by a credential (an anonymous consumer does not count).</summary>
    public bool IsAuthenticated => Credential is not null;

    /// <summary>The model that the request is for; null until a plugin has found it out, and on routes without models.</summary>
    public EntityRef? Model { get; private set; }

    /// <summary>Groups that the credential itself carries (from a token's claims, a directory), or null. The acl plugin reads them.</summary>
    public IReadOnlyList<string>? AuthenticatedGroups { get; set; }

    /// <summary>Who answered.</summary>
    public AnswerSource Source { get; internal set; }

    /// <summary>The client's cancellation: set when it is gone.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Says who is calling. Plugins after this one see the instances scoped to that consumer and its groups.</summary>
    public void Authenticate(Consumer? consumer, Credential? credential)
    {
        Consumer = consumer;
        Credential = credential;
        ScopeChanged = true;
    }

    /// <summary>Says which model the request is for. Plugins after this one see the instances scoped to that model.</summary>
    public void ChooseModel(EntityRef model)
    {
        Model = model;
        ScopeChanged = true;
    }

    /// <summary>Takes a secret that stood in the request's target out of what records and logs see of it.</summary>
    public void Redact(ReadOnlySpan<char> secret)
    {
        if (!secret.IsEmpty) RawTarget = RawTarget.Replace(secret.ToString(), "redacted", StringComparison.Ordinal);
    }

    /// <summary>
    /// The first plugin that this request meets, in catalog order, that is a <typeparamref name="T"/>, whether it has run or not; null when there is none. For
    /// plugins that must be of one mind. A plugin that belongs to a consumer is found once the consumer is known.
    /// </summary>
    public T? FindPlugin<T>() where T : class, IPlugin => (Owner as IPluginSource)?.FindPlugin<T>();

    /// <summary>State that a plugin keeps for this request; created at first use.</summary>
    public T GetState<T>(IPlugin owner) where T : class, new()
    {
        if (FindState(owner) is T found) return found;
        var created = new T();
        SetState(owner, created);
        return created;
    }

    /// <summary>State that a plugin stored for this request, or null.</summary>
    public object? FindState(IPlugin owner)
    {
        for (var i = 0; i < _stateCount; i++)
            if (ReferenceEquals(_states[i].Owner, owner)) return _states[i].State;
        return null;
    }

    /// <summary>Stores state for this request.</summary>
    public void SetState(IPlugin owner, object state)
    {
        for (var i = 0; i < _stateCount; i++)
        {
            if (!ReferenceEquals(_states[i].Owner, owner)) continue;
            _states[i].State = state;
            return;
        }
        if (_stateCount == _states.Length) Array.Resize(ref _states, _states.Length * 2);
        _states[_stateCount++] = (owner, state);
    }

    (IPlugin Owner, object State)[] _states = new (IPlugin, object)[4];
    int _stateCount;

    /// <summary>Caller or model became known: the plugins after this one may be others.</summary>
    internal bool ScopeChanged { get; set; }

    /// <summary>The gateway's own record of this exchange.</summary>
    internal object? Owner { get; init; }

    internal void ResetPublicState()
    {
        Route = null;
        Service = null;
        MatchedPathLength = 0;
        UriCaptures = null;
        Consumer = null;
        Credential = null;
        AuthenticatedGroups = null;
        Model = null;
        Source = AnswerSource.None;
        Sni = null;
        ScopeChanged = false;
        Array.Clear(_states, 0, _stateCount);
        _stateCount = 0;
    }
}
