using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Weir.Gateway;

/// <summary>
/// Takes requests from Kestrel. It stands where ASP.NET Core's hosting layer would: the gateway needs no middleware, and a connection's passage is
/// reused from request to request.
/// </summary>
sealed class GatewayApplication(GatewayPipeline pipeline, SnapshotHolder snapshots) : IHttpApplication<Passage>
{
    int _stripes;

    /// <summary>Whether connections end after the request that they are at. HTTP/2 clients are told with GOAWAY, others with Connection: close.</summary>
    public bool EndsConnections { get; set; }

    public Passage CreateContext(IFeatureCollection contextFeatures)
    {
        Passage passage;
        if (contextFeatures is IHostContextContainer<Passage> connection) passage = connection.HostContext ??= NewPassage(contextFeatures);
        else passage = NewPassage(contextFeatures);
        passage.Http.Initialize(contextFeatures);
        passage.Snapshot = snapshots.Enter(passage.Stripe);
        return passage;
    }

    public Task ProcessRequestAsync(Passage context)
    {
        if (EndsConnections) context.Http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        if (context.IsStream) context.StreamWatch = ClientWatch.OfStream(context);
        return pipeline.RunAsync(context);
    }

    public void DisposeContext(Passage context, Exception? exception)
    {
        context.StreamWatch.Dispose();
        context.StreamWatch = default;
        context.Snapshot.InFlight.Leave(context.Stripe);
        context.Reset();
        context.Http.Uninitialize();
    }

    Passage NewPassage(IFeatureCollection features)
    {
        var isStream = features.Get<IHttp2StreamIdFeature>() is not null;
        var loop = features.Get<EventLoop>();
        var passage = new Passage { Stripe = loop?.Index ?? Interlocked.Increment(ref _stripes), IsStream = isStream, Loop = loop };
        if (!isStream) ClientWatch.OfConnection(passage, features);
        return passage;
    }
}
