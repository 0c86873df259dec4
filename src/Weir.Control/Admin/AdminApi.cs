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
        Endpoints = EndpointTable.Of(plane, node);
        _paths = new PathTree(Endpoints);
    }

    /// <summary>Everything that is served.</summary>
    public IReadOnlyList<Endpoint> Endpoints { get; }

    /// <summary>Who calls. Where nobody has to prove it, nobody is known.</summary>
    public Func<HttpContext, string> ActorOf { get; init; } = static _ => "anonymous";

    public async Task HandleAsync(HttpContext context)
    {
        var started = _plane.Parts.Time.GetTimestamp();
        var requestId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        try
        {
            var reply = await ReplyAsync(context, requestId);
            var latency = (long)_plane.Parts.Time.GetElapsedTime(started).TotalMilliseconds;
            await SendAsync(context, reply, requestId, latency);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
    }

    async Task<Reply> ReplyAsync(HttpContext context, string requestId)
    {
        try
        {
            return await AnswerAsync(context, requestId);
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

    async Task<Reply> AnswerAsync(HttpContext context, string requestId)
    {
        if (!BrowserOrigin.MayCall(context.Request, _node.AllowedOrigin)) return BrowserOrigin.Refused;
        var state = _plane.Current;
        var segments = Segments(context.Request.Path.Value ?? "/");
        var (workspace, prefix) = (ControlState.DefaultWorkspace, "");
        if (segments.Count > 0 && !_paths.IsReserved(segments[0]) && state.Workspace(segments[0]) is { } named)
        {
            (workspace, prefix) = (named.Id, "/" + Uri.EscapeDataString(segments[0]));
            segments = segments[1..];
        }
        var found = _paths.Match(segments);
        if (found.Count == 0) return Reply.NotFound;
        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        if (HttpMethods.IsOptions(method)) return Options(found.Select(static match => match.Endpoint));
        foreach (var (endpoint, values) in found)
        {
            if (endpoint.For(method) is not { } operation) continue;
            var path = prefix + "/" + string.Join('/', segments.Select(Uri.EscapeDataString));
            var author = AuthorOf(context, requestId);
            var call = new AdminCall(context, _plane, state, workspace, path, values, operation, author) { IsInWorkspace = prefix.Length > 0 };
            return await operation.Handle(call);
        }
        return Reply.NotAllowed with { Headers = [("Allow", Allowed(found.Select(static match => match.Endpoint)))] };
    }

    Author AuthorOf(HttpContext context, string requestId)
    {
        var reason = context.Request.Headers[ReasonHeader].ToString();
        return new Author(ActorOf(context), context.Connection.RemoteIpAddress?.ToString() ?? "", requestId, reason);
    }

    /// <summary>The segments of a path. The server has decoded everything but the slash.</summary>
    static List<string> Segments(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static segment => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase))];

    static Reply Options(IEnumerable<Endpoint> endpoints)
    {
        var allowed = Allowed(endpoints);
        return Reply.NoContent with
        {
            Headers = [("Allow", allowed), ("Access-Control-Allow-Methods", allowed), ("Access-Control-Allow-Headers", "Content-Type")],
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

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed (request {RequestId})")]
    static partial void LogFailed(ILogger log, Exception failure, string method, string path, string requestId);
}
