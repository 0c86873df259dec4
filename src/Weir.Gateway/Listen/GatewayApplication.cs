using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>
/// Takes requests from Kestrel. It stands where ASP.NET Core's hosting layer would: the gateway needs no middleware, and a connection's passage is
/// reused from request to request.
/// </summary>
sealed class GatewayApplication(GatewayPipeline pipeline, SnapshotHolder snapshots) : IHttpApplication<Passage>
{
    int _stripes;

    public Passage CreateContext(IFeatureCollection contextFeatures)
    {
        Passage passage;
        if (contextFeatures is IHostContextContainer<Passage> connection) passage = connection.HostContext ??= NewPassage();
        else passage = NewPassage();
        passage.Http.Initialize(contextFeatures);
        passage.Snapshot = snapshots.Enter(passage.Stripe);
        return passage;
    }

    public Task ProcessRequestAsync(Passage context) => pipeline.RunAsync(context);

    public void DisposeContext(Passage context, Exception? exception)
    {
        context.Snapshot.InFlight.Leave(context.Stripe);
        context.Reset();
        context.Http.Uninitialize();
    }

    Passage NewPassage() => new() { Stripe = Interlocked.Increment(ref _stripes) };
}
