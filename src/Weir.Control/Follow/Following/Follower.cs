using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>What a follower works with.</summary>
sealed record FollowerParts
{
    public required Uri Control { get; init; }

    public required GatewayFolder Folder { get; init; }

    /// <summary>The token to enrol with, when there is no identity or it counts no more; null for none.</summary>
    public JoinToken? Token { get; init; }

    public required string Version { get; init; }

    public required string Hostname { get; init; }

    /// <summary>What this version knows of entities.</summary>
    public required Vocabulary Vocabulary { get; init; }

    public required FollowLimits Limits { get; init; }

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>How the gateway is, asked whenever the control plane is told.</summary>
    public required Func<FollowStatus> Status { get; init; }
}

/// <summary>
/// Follows a control plane for as long as the process lives: enrols, streams, renews, reports; whatever goes wrong, what the gateway has stays, and it is tried
/// again after a pause.
/// </summary>
sealed partial class Follower(FollowerParts parts, Followed have)
{
    readonly BackOff _backOff = new(parts.Limits, parts.Random);
    readonly OwnIdentity _identity = new(parts);
    volatile Followed _have = have;
    volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile TaskCompletionSource _reportNow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile FollowLink _link = FollowLink.Never;

    /// <summary>The newest state that came whole.</summary>
    public Followed Have => _have;

    /// <summary>How it stands with the control plane.</summary>
    public FollowLink Link => _link;

    /// <summary>Returns once there is another state than this one.</summary>
    public async Task WaitAsync(Followed known, CancellationToken cancellation)
    {
        while (true)
        {
            var moved = _moved;
            if (_have != known) return;
            await moved.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Tells the control plane how the gateway is, without waiting for the next time.</summary>
    public void ReportSoon() => _reportNow.TrySetResult();

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var started = parts.Time.GetTimestamp();
            try
            {
                await ConnectAsync(cancellation);
                _link = _link.Away("the control plane ended the stream", parts.Time.GetUtcNow());
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) when (IsExpected(failed))
            {
                if (failed is ControlRefusedException { Status: HttpStatusCode.Forbidden }) _identity.WasRefused();
                _link = _link.Away(failed.InnerException is { } inner ? $"{failed.Message} ({inner.Message})" : failed.Message, parts.Time.GetUtcNow());
            }
            catch (Exception failed)
            {
                LogUnexpected(parts.Log, failed);
                _link = _link.Away("unexpected failure: " + failed.Message, parts.Time.GetUtcNow());
            }
            if (parts.Time.GetElapsedTime(started) >= parts.Limits.SettledAfter) _backOff.Reset();
            var pause = _backOff.Next();
            LogAway(parts.Log, _link.Problem, _have.Point.Revision, pause.TotalSeconds);
            await Task.Delay(pause, parts.Time, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    static bool IsExpected(Exception failed) => failed is HttpRequestException or IOException or StreamBrokenException or ControlRefusedException
        or SocketException or CryptographicException or OperationCanceledException or JournalUnusableException;

    async Task ConnectAsync(CancellationToken cancellation)
    {
        var identity = await _identity.GetAsync(cancellation);
        using var authority = identity.LoadAuthority();
        using (var before = identity.Load())
        using (var shown = ControlEndpoint.Trusting(parts.Control, authority, before, parts.Limits, parts.Time))
            identity = await _identity.RenewedAsync(identity, before, shown, cancellation);
        using var own = identity.Load();
        using var control = ControlEndpoint.Trusting(parts.Control, authority, own, parts.Limits, parts.Time);
        using var response = await OpenAsync(control, cancellation);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reporting = ReportAsync(control, ending.Token);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            await TakeAsync(stream, own, cancellation);
        }
        finally
        {
            await ending.CancelAsync();
            await reporting;
        }
    }

    async Task<HttpResponseMessage> OpenAsync(ControlEndpoint control, CancellationToken cancellation)
    {
        var hello = new FollowHello
        {
            Version = parts.Version,
            Hostname = parts.Hostname,
            Have = _have.Point,
            VocabularyHash = parts.Vocabulary.Hash,
        };
        try
        {
            return await control.OpenAsync("v1/follow", FollowJson.Bytes(hello), cancellation);
        }
        catch (ControlRefusedException refused) when (refused.Status == HttpStatusCode.PreconditionRequired)
        {
            return await control.OpenAsync("v1/follow", FollowJson.Bytes(hello with { Vocabulary = parts.Vocabulary.ToJson() }), cancellation);
        }
    }

    async Task TakeAsync(Stream stream, X509Certificate2 own, CancellationToken cancellation)
    {
        var frames = new FrameReader(stream, parts.Limits);
        var update = new UpdateReader(_have, parts.Limits);
        var pace = new FramePace(parts.Limits, parts.Time);
        var started = parts.Time.GetTimestamp();
        while (true)
        {
            using var silence = new CancellationTokenSource(parts.Limits.SilenceMax, parts.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
            Frame? frame;
            try
            {
                frame = await frames.ReadAsync(both.Token);
            }
            catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                throw new StreamBrokenException($"no whole frame came for {parts.Limits.SilenceMax.TotalSeconds:0} s");
            }
            if (frame is not { } whole) return;
            if (whole.Kind != FrameKind.Part) pace.Count();
            Take(whole, update);
            if (GatewayIdentity.IsDue(own, parts.Time.GetUtcNow()) && parts.Time.GetElapsedTime(started) >= parts.Limits.SettledAfter)
                throw new StreamBrokenException("the certificate is due to be renewed, with the next connection");
        }
    }

    void Take(Frame frame, UpdateReader update)
    {
        switch (frame.Kind)
        {
            case FrameKind.Welcome:
                var welcome = FollowJson.Read<FollowWelcome>(frame.Content.Span);
                _link = _link.Connected(welcome.Version, parts.Time.GetUtcNow());
                LogConnected(parts.Log, parts.Control, welcome.Version, _have.Point.Revision);
                break;
            case FrameKind.Part:
                update.Add(frame.Content);
                break;
            case FrameKind.Commit:
                var commit = FollowJson.Read<FollowCommit>(frame.Content.Span);
                var before = _have.Point;
                Become(update.End(commit));
                if (commit.From is null && before != FollowPoint.None) LogWhole(parts.Log, before.Revision, commit.To.Revision);
                break;
            case FrameKind.Hold:
                var hold = FollowJson.Read<FollowHold>(frame.Content.Span);
                _link = _link.Held(hold.Problems is [var first, ..] ? first : "");
                LogHeld(parts.Log, hold.Revision, _link.Problem);
                break;
            case FrameKind.Goodbye:
                throw new ControlRefusedException(HttpStatusCode.Forbidden, FollowJson.Read<FollowGoodbye>(frame.Content.Span).Message);
        }
    }

    void Become(Followed next)
    {
        // A restored journal is an older or another history. It comes from the control plane that this gateway is enrolled with: it counts, and is said.
        if (next.Point.Revision < _have.Point.Revision) LogBack(parts.Log, _have.Point.Revision, next.Point.Revision);
        _link = _link.Held("");
        _have = next;
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    async Task ReportAsync(ControlEndpoint control, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await control.SendAsync(HttpMethod.Post, "v1/status", FollowJson.Bytes(parts.Status()), cancellation);
                await _reportNow.Task.WaitAsync(parts.Limits.StatusEvery, parts.Time, cancellation);
            }
            catch (TimeoutException)
            {
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failed) when (IsExpected(failed))
            {
                // The stream says whether the control plane is there.
                await Task.Delay(parts.Limits.StatusEvery, parts.Time, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
                continue;
            }
            Interlocked.Exchange(ref _reportNow, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The control plane is away: {Problem}. Revision {Revision} stays; next attempt in {Seconds:0.0} s")]
    static partial void LogAway(ILogger log, string problem, long revision, double seconds);

    [LoggerMessage(2, LogLevel.Information, "Following {Control} (version {Version}) from revision {Revision}")]
    static partial void LogConnected(ILogger log, Uri control, string version, long revision);

    [LoggerMessage(6, LogLevel.Warning, "The control plane went back from revision {Before} to {After}: its journal was restored, or is another one")]
    static partial void LogBack(ILogger log, long before, long after);

    [LoggerMessage(10, LogLevel.Information, "The whole state came anew, in the place of revision {Before}: it is revision {After}")]
    static partial void LogWhole(ILogger log, long before, long after);

    [LoggerMessage(7, LogLevel.Error, "Revision {Revision} cannot be told to this gateway: {Problem}")]
    static partial void LogHeld(ILogger log, long revision, string problem);

    [LoggerMessage(8, LogLevel.Error, "Following the control plane failed")]
    static partial void LogUnexpected(ILogger log, Exception failed);
}
