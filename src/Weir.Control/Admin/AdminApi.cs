using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>
/// Kong's Admin API over a control plane, and what goes beyond it. 1. Split the path; a first segment that names a workspace chooses it. 2. Find the
/// endpoints of the path and the operation of the method. 3. Answer. One table routes requests and describes them.
/// </summary>
sealed partial class AdminApi
{
    const string ReasonHeader = "Weir-Reason";

    readonly ControlPlane _plane;
    readonly AdminNode _node;
    readonly PathTree _paths;
    readonly string _server;

    public AdminApi(ControlPlane plane, AdminNode node)
    {
        (_plane, _node) = (plane, node);
        _server = "kong/" + KongVersion.Of(plane.Parts.Read.Compat);
        SignIn = new SignIn(plane, node.EnforcesRights, node.Oidc);
        Endpoints = EndpointTable.Of(plane, node, SignIn);
        _paths = new PathTree(Endpoints);
    }

    /// <summary>Everything that is served.</summary>
    public IReadOnlyList<Endpoint> Endpoints { get; }

    /// <summary>Who calls. Where nobody has to prove it, nobody is known.</summary>
    public Func<HttpContext, string> ActorOf { get; init; } = static _ => Caller.AnonymousName;

    /// <summary>Takes every request and what became of it.</summary>
    public IAdminAudit? Audit { get; init; }

    public SignIn SignIn { get; }

    public async Task HandleAsync(HttpContext context)
    {
        var started = _plane.Parts.Time.GetTimestamp();
        var requestId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        try
        {
            var seen = new Seen();
            var reply = await ReplyAsync(context, requestId, seen);
            if (Audit is not null) await Audit.RecordAsync(seen.Record(context, reply, requestId, _plane.Parts.Time.GetUtcNow()));
            var latency = (long)_plane.Parts.Time.GetElapsedTime(started).TotalMilliseconds;
            await SendAsync(context, reply, requestId, latency);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
    }

    async Task<Reply> ReplyAsync(HttpContext context, string requestId, Seen seen)
    {
        try
        {
            return await AnswerAsync(context, requestId, seen);
        }
        catch (BadHttpRequestException refused)
        {
            return refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? BodyReader.TooLarge : Reply.Message(refused.StatusCode, "Bad request");
        }
        catch (JournalAwayException away)
        {
            return Reply.Message(503, away.Message) with { Headers = [("Retry-After", "1")] };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(_plane.Parts.Log, failure, context.Request.Method, context.Request.Path.Value ?? "", requestId);
            return Reply.Message(500, "An unexpected error occurred");
        }
    }

    async Task<Reply> AnswerAsync(HttpContext context, string requestId, Seen seen)
    {
        if (!BrowserOrigin.MayCall(context.Request, _node.AllowedOrigin)) return BrowserOrigin.Refused;
        var state = _plane.Current;
        var (caller, refused) = await SignIn.OfAsync(context, state, ActorOf(context));
        seen.Caller = caller;
        if (refused is not null) return refused;
        var segments = Segments(context.Request.Path.Value ?? "/");
        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        if (HttpMethods.IsOptions(method)) return Options(segments, state);
        var (workspace, prefix) = (ControlState.DefaultWorkspace, "");
        if (Named(segments, state, caller.Rights) is { } named)
        {
            (workspace, prefix) = (named.Id, "/" + Uri.EscapeDataString(segments[0]));
            segments = segments[1..];
        }
        seen.Workspace = prefix.Length > 0 ? Uri.UnescapeDataString(prefix[1..]) : ControlState.DefaultWorkspaceName;
        var found = _paths.Match(segments);
        var operation = found.Select(match => (Operation: match.Endpoint.For(method), match.Values)).FirstOrDefault(static each => each.Operation is not null);
        // What there is and what there is not is alike to nobody.
        if (caller.IsNobody && operation.Operation?.Need.IsForAnyone != true) return SignIn.Unknown;
        if (found.Count == 0) return Reply.NotFound;
        if (operation.Operation is not { } asked) return Reply.NotAllowed with { Headers = [("Allow", Allowed(found.Select(static match => match.Endpoint)))] };
        if (!asked.Need.IsMetBy(caller.Rights, workspace)) return Reply.Message(403, Refusal.MayNot(caller.Name, asked.Need.Action));
        var path = prefix + "/" + string.Join('/', segments.Select(Uri.EscapeDataString));
        var author = AuthorOf(context, requestId, caller);
        seen.Call = new AdminCall(context, _plane, state, workspace, path, operation.Values, asked, author)
        {
            IsInWorkspace = prefix.Length > 0,
            Caller = caller,
            Again = async () => (await SignIn.OfAsync(context, _plane.Current, ActorOf(context))).Caller,
        };
        return await asked.Handle(seen.Call);
    }

    /// <summary>The workspace that a path begins with, when there is one for the caller: one that is not theirs is none.</summary>
    Stored? Named(List<string> segments, ControlState state, Rights rights) =>
        segments.Count > 0 && !_paths.IsReserved(segments[0]) && state.Workspace(segments[0]) is { } named && rights.Sees(named.Id) ? named : null;

    Author AuthorOf(HttpContext context, string requestId, Caller caller)
    {
        var reason = context.Request.Headers[ReasonHeader].ToString();
        return new Author(caller.Name, SignIn.AddressOf(context), requestId, reason) { Rights = caller.Rights };
    }

    /// <summary>The segments of a path. The server has decoded everything but the slash.</summary>
    static List<string> Segments(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static segment => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase))];

    /// <summary>Browsers ask this before they show who calls: where that counts, a workspace that is there must look like one that is not.</summary>
    Reply Options(List<string> segments, ControlState state)
    {
        var inWorkspace = segments.Count > 0 && !_paths.IsReserved(segments[0]) && (SignIn.EnforcesRights || state.Workspace(segments[0]) is not null);
        var found = _paths.Match(inWorkspace ? segments[1..] : segments);
        if (found.Count == 0) return Reply.NotFound;
        var allowed = Allowed(found.Select(static match => match.Endpoint));
        return Reply.NoContent with
        {
            Headers =
            [
                ("Allow", allowed), ("Access-Control-Allow-Methods", allowed),
                ("Access-Control-Allow-Headers", $"Content-Type, Authorization, {SignIn.TokenHeader}"),
            ],
        };
    }

    static string Allowed(IEnumerable<Endpoint> endpoints)
    {
        var methods = endpoints.SelectMany(static endpoint => endpoint.Operations.Select(static operation => operation.Method)).Distinct().ToList();
        if (methods.Contains("GET")) methods.Add("HEAD");
        methods.Add("OPTIONS");
        return string.Join(", ", methods.Order(StringComparer.Ordinal));
    }

    async Task SendAsync(HttpContext context, Reply reply, string requestId, long latencyMs)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.Headers.Server = _server;
        if (_node.AllowedOrigin.Length > 0) response.Headers.AccessControlAllowOrigin = _node.AllowedOrigin;
        response.Headers["X-Kong-Admin-Latency"] = latencyMs.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-Kong-Admin-Request-ID"] = requestId;
        foreach (var (name, value) in reply.Headers) response.Headers[name] = value;
        if (reply.Stream is not null || reply.Body.Length > 0) response.ContentType = reply.ContentType;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            if (reply.Stream is null) response.ContentLength = reply.Body.Length;
            return;
        }
        if (reply.Stream is { } stream)
        {
            await stream(response, context.RequestAborted);
            return;
        }
        if (reply.Status != StatusCodes.Status204NoContent && reply.Status != StatusCodes.Status304NotModified) response.ContentLength = reply.Body.Length;
        if (reply.Body.Length > 0) await response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }

    /// <summary>What is known of a request when it is answered.</summary>
    sealed class Seen
    {
        public Caller Caller { get; set; } = Caller.Nobody;

        public string Workspace { get; set; } = "";

        public AdminCall? Call { get; set; }

        public AuditRecord Record(HttpContext context, Reply reply, string requestId, DateTimeOffset at) => new(
            at, requestId, Caller.Name, SignIn.AddressOf(context), context.Request.Method, AuditPath.Of(context.Request.Path),
            AuditPath.Of(context.Request.Query), Workspace, reply.Status, AuditRecord.OutcomeOf(reply.Status), reply.WhyNot, Call?.Revision,
            context.Request.Headers[ReasonHeader].ToString());
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed (request {RequestId})")]
    static partial void LogFailed(ILogger log, Exception failure, string method, string path, string requestId);
}
