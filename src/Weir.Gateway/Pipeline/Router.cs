namespace Weir.Gateway;

/// <summary>Step 2: the route of a request, and the refusals that only the route can decide.</summary>
static class Router
{
    static readonly Answer NoRoute = Answer.Error(404, "no Route matched with those values");
    static readonly Answer UseHttps = Answer.Error(426, "Please use HTTPS protocol").With("Connection", "Upgrade").With("Upgrade", "TLS/1.2, HTTP/1.1");
    static readonly Answer UseHttp2 = Answer.Error(426, "Please use HTTP2 protocol").With("Connection", "Upgrade").With("Upgrade", "HTTP/2");
    static readonly Answer NotGrpc = Answer.Error(415, "Non-gRPC request matched gRPC route");
    static readonly Answer GrpcNeedsTls = Answer.Empty(200)
        .With("Content-Type", "application/grpc").With("grpc-status", "1").With("grpc-message", "gRPC request matched gRPCs route");

    public static Verdict Choose(Passage passage)
    {
        var exchange = passage.Exchange;
        var request = passage.Http.Request;
        var query = new RouteQuery
        {
            Method = exchange.Method,
            // The connection's own: behind a proxy that ends TLS there is no SNI to hold a route to.
            Scheme = passage.IsTls ? "https" : "http",
            Host = request.Host.Value,
            ListenerPort = passage.ListenerPort,
            NormalizedPath = exchange.Path,
            Sni = exchange.Sni,
            Headers = request.Headers,
        };
        if (!passage.Snapshot.Routes.TryMatch(query, out var match))
        {
            passage.Follow(passage.Snapshot.GlobalPlan);
            exchange.Source = AnswerSource.Error;
            return NoRoute;
        }

        var route = match.Payload;
        passage.Route = route;
        passage.Follow(route.Plan);
        exchange.Route = route.Entity;
        exchange.Service = route.Service?.Entity;
        exchange.MatchedPathLength = match.MatchedPathLength;
        exchange.UriCaptures = match.Captures;
        exchange.Upstream.Path = UpstreamPath.Join(route.Service?.Path, exchange.Path, match.MatchedPathLength, route.StripPath);
        if (route.UnknownPlugins is { } unknown) passage.Http.Response.Headers["Weir-Unknown-Plugins"] = unknown;
        return CheckProtocol(passage, route);
    }

    static Verdict CheckProtocol(Passage passage, Route route)
    {
        var exchange = passage.Exchange;
        var request = passage.Http.Request;
        var isHttps = exchange.Scheme == "https";
        if (route.IsGrpc)
        {
            if (request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true) return NotGrpc;
            if (!request.Protocol.StartsWith("HTTP/2", StringComparison.Ordinal)) return UseHttp2;
            return route.NeedsHttps && !isHttps ? GrpcNeedsTls : Verdict.Continue;
        }
        if (!route.NeedsHttps || isHttps) return Verdict.Continue;
        return route.RedirectStatus == 426 ? UseHttps : Answer.Empty(route.RedirectStatus).With("Location", $"https://{request.Host.Host}{exchange.RawTarget}");
    }
}
