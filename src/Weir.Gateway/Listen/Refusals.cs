using System.Buffers;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Weir.Gateway;

/// <summary>
/// Requests that Kestrel refuses by itself, because their head is malformed, over a limit or too slow: counts, logs and answers them in the house's way.
/// A request that is not refused never comes here.
/// </summary>
/// <remarks>
/// Kestrel tells of a refusal on the connection's own loop, after it chose a status and before it writes its answer, which has no body. An answer that has
/// started by then it leaves alone, and closes the connection behind it. The application's body writer does not exist at that time: the body goes
/// straight to the transport, behind the head.
/// </remarks>
sealed class Refusals(
    RequestDescriber describer, ResponseHeaders responseHeaders, GatewayPipeline pipeline, SnapshotHolder snapshots, ConnectionMetrics connections)
    : IObserver<KeyValuePair<string, object?>>
{
    /// <summary>Kestrel's name for a request that it refused.</summary>
    public const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not IFeatureCollection features || features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException error) return;
        connections.Refused(error.StatusCode);
        // The request was answered and recorded, and what its body left behind was refused.
        if (features.GetRequiredFeature<IHttpResponseFeature>().HasStarted) return;

        var passage = new Passage();
        passage.Http.Initialize(features);
        describer.DescribeRefused(passage, error);
        if (features.Get<IConnectionTransportFeature>() is { } connection && features.Get<IHttp2StreamIdFeature>() is null)
            Answer(passage, connection.Transport.Output);
        Record(passage);
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    /// <summary>Global plugins that keep records see a refused request like any other that no route matched.</summary>
    void Record(Passage passage)
    {
        passage.Snapshot = snapshots.Enter(passage.Stripe);
        try
        {
            passage.Follow(passage.Snapshot.GlobalPlan);
            pipeline.Complete(passage);
        }
        finally
        {
            passage.Snapshot.InFlight.Leave(passage.Stripe);
        }
    }

    void Answer(Passage passage, IBufferWriter<byte> output)
    {
        var response = passage.Http.Response;
        var type = ErrorBody.Negotiate(passage.Http.Request.Headers, ErrorBodyType.Plain);
        var body = new ArrayBufferWriter<byte>(256);
        ErrorBody.Write(body, type, StatusMessages.Of(response.StatusCode), passage.Exchange.RequestId);
        response.Headers.Connection = "close";
        response.Headers.ContentType = ErrorBody.ContentType(type);
        response.Headers.ContentLength = body.WrittenCount;
        responseHeaders.Apply(passage);
        // Complete at once: no callback waits for the start.
        if (!response.StartAsync().IsCompletedSuccessfully || HttpMethods.IsHead(passage.Exchange.Method)) return;
        output.Write(body.WrittenSpan);
        passage.Exchange.ResponseBytes = body.WrittenCount;
    }
}
