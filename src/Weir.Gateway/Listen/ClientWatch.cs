using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>
/// Ends the upstream side of an exchange when its client goes away. Over HTTP/1.1 that is the connection's end, so one registration serves all requests
/// of a connection; over HTTP/2 every stream can be reset on its own.
/// </summary>
static class ClientWatch
{
    /// <summary>Watches a connection for as long as it lives.</summary>
    public static void OfConnection(Passage passage, IFeatureCollection features)
    {
        if (features.Get<IConnectionLifetimeFeature>() is not { } lifetime) return;
        passage.ClientGone = lifetime.ConnectionClosed;
        lifetime.ConnectionClosed.UnsafeRegister(static state => ((UpstreamCall)state!).Abort(), passage.Call);
    }

    /// <summary>Watches one stream for the time of one request.</summary>
    public static CancellationTokenRegistration OfStream(Passage passage)
    {
        passage.ClientGone = passage.Http.RequestAborted;
        return passage.ClientGone.UnsafeRegister(static state => ((UpstreamCall)state!).Abort(), passage.Call);
    }
}
