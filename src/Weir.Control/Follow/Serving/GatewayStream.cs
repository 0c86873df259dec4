using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>One gateway's stream, on the side of the control plane: updates when there are any, signs of life when there are none.</summary>
sealed partial class GatewayStream(GatewayHub hub, Feed feed, Guid id, string serial, string version) : IAsyncDisposable
{
    /// <summary>Updates of a gateway are at least so far apart: those that come together go together.</summary>
    static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(5);

    CancellationTokenSource? _end;
    bool _isOpen;

    public async Task RunAsync(HttpContext context, FollowHello hello)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, hub.Stopping);
        context.Response.ContentType = "application/x-weir-stream";
        await SendAsync(context, FollowJson.Frame(FrameKind.Welcome, new FollowWelcome(version, hub.Limits.Heartbeat.TotalSeconds)));
        hub.See(id, static seen => seen with { Streams = seen.Streams + 1, Problem = "" });
        _isOpen = true;
        LogOpen(hub.Log, id, hello.Version, hello.Have.Revision);
        var (have, held) = (hello.Have, FollowPoint.None);
        while (true)
        {
            var moved = hub.Moved;
            if (!Enrolment.IsAdmitted(hub.Current, id, serial))
            {
                await SendAsync(context, FollowJson.Frame(FrameKind.Goodbye, new FollowGoodbye("this gateway was revoked")));
                LogCut(hub.Log, id);
                return;
            }
            var next = feed.Next(have);
            if (next is { Problems.Count: 0 })
            {
                foreach (var frame in next.Frames) await context.Response.Body.WriteAsync(frame, _end.Token);
                await context.Response.Body.FlushAsync(_end.Token);
                have = next.To;
                hub.See(id, seen => seen with { Sent = next.To, Problem = "" });
                await Task.Delay(Gather, hub.Time, _end.Token);
                continue;
            }
            if (next is not null && next.To != held)
            {
                held = next.To;
                hub.See(id, seen => seen with { Problem = next.Problems[0] });
                LogHeld(hub.Log, id, next.To.Revision, next.Problems[0]);
                await SendAsync(context, FollowJson.Frame(FrameKind.Hold, new FollowHold(next.To.Revision, next.Problems)));
            }
            if (!await IsMovedAsync(moved))
            {
                await SendAsync(context, FollowJson.Frame(FrameKind.Heartbeat, new FollowHeartbeat(have.Revision)));
                hub.See(id, static seen => seen);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_isOpen) hub.See(id, static seen => seen with { Streams = seen.Streams - 1 });
        _end?.Dispose();
        return default;
    }

    /// <summary>Waits for a transaction, but no longer than silence may last.</summary>
    async Task<bool> IsMovedAsync(Task moved)
    {
        try
        {
            await moved.WaitAsync(hub.Limits.Heartbeat, hub.Time, _end!.Token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    async Task SendAsync(HttpContext context, byte[] frame)
    {
        await context.Response.Body.WriteAsync(frame, _end!.Token);
        await context.Response.Body.FlushAsync(_end.Token);
    }

    [LoggerMessage(1, LogLevel.Information, "Gateway {Id} (version {Version}) follows from revision {Revision}")]
    static partial void LogOpen(ILogger log, Guid id, string version, long revision);

    [LoggerMessage(3, LogLevel.Warning, "Gateway {Id} cannot be told revision {Revision}: {Problem}")]
    static partial void LogHeld(ILogger log, Guid id, long revision, string problem);

    [LoggerMessage(2, LogLevel.Warning, "Gateway {Id} is revoked and cut off")]
    static partial void LogCut(ILogger log, Guid id);
}
