using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// Makes documents live, one at a time: read, check, build, swap. Whatever goes wrong on the way, the configuration before stays in force and every
/// problem is reported.
/// </summary>
sealed partial class ConfigApplier(
    SnapshotBuilder builder, SnapshotHolder snapshots, TlsCertificates certificates, TimeProvider time, ILogger<ConfigApplier> log) : IDisposable
{
    static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(5);

    /// <summary>Most vaults in a row of which each has the secret that opens the next.</summary>
    const int SecretRoundsMax = 4;

    readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>How the last attempt went; null before the first.</summary>
    public ApplyResult? Last { get; private set; }

    /// <summary>Where the secrets of vaults on other machines are; null where there are none.</summary>
    public ISecretStore? Secrets { get; init; }

    /// <summary>Told of every attempt.</summary>
    public Action<ApplyResult>? Applied { get; set; }

    /// <summary>Reads and applies. The read runs here too, so that attempts are in order.</summary>
    public async Task<ApplyResult> ApplyAsync(string source, Func<DocumentResult> read, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            var result = await MakeLiveAsync(source, read, cancellation);
            Last = result;
            Applied?.Invoke(result);
            return result;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    async Task<ApplyResult> MakeLiveAsync(string source, Func<DocumentResult> read, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        DocumentResult? result = null;
        BuiltSnapshot? built = null;
        List<Problem> problems;
        try
        {
            result = await ReadAsync(read, cancellation);
            problems = [.. result.Problems];
            if (result.Document is not null)
            {
                built = builder.Build(result.Document);
                problems.AddRange(built.Problems);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            LogBroken(log, exception, source);
            var message = "internal failure while the configuration was built; see the log: " + exception.Message;
            problems = [new Problem(Severity.Error, new Place(source, 0, 0), "", "", message)];
        }
        if (built?.Snapshot is not { } snapshot)
        {
            var inForce = snapshots.Current.Revision == 0 ? "none is in force" : $"configuration {snapshots.Current.Revision} stays in force";
            LogRefused(log, source, problems.Count(static problem => problem.Severity == Severity.Error), inForce);
            return new ApplyResult(false, snapshots.Current.Revision, problems, time.GetElapsedTime(started), time.GetUtcNow());
        }
        await SettleAsync(snapshot);
        certificates.Use(built.Certificates);
        Secrets?.Keep(result!.Secrets);
        var before = snapshots.Swap(snapshot);
        // First the new balancers take over, then the old ones go: probes keep their schedule over a reload that does not change it.
        foreach (var balancer in snapshot.NewBalancers) balancer.Activate();
        before.InFlight.Retire();
        var elapsed = time.GetElapsedTime(started);
        LogApplied(log, snapshot.Revision, source, snapshot.Routes.Count, (int)elapsed.TotalMilliseconds);
        return new ApplyResult(true, snapshot.Revision, problems, elapsed, time.GetUtcNow());
    }

    /// <summary>
    /// Reads, and reads again when secrets that were not at hand have been fetched: those of vaults may be needed to reach other vaults. What is read in the
    /// last round counts, complete or not.
    /// </summary>
    async ValueTask<DocumentResult> ReadAsync(Func<DocumentResult> read, CancellationToken cancellation)
    {
        var result = read();
        for (var round = 1; round <= SecretRoundsMax && Secrets is not null && await Secrets.FetchAsync(cancellation); round++) result = read();
        return result;
    }

    /// <summary>Gives names of targets a moment to resolve, so that the first requests see all targets and not just the fastest name server's.</summary>
    async Task SettleAsync(Snapshot snapshot)
    {
        using var limit = new CancellationTokenSource(SettleTime, time);
        try
        {
            foreach (var balancer in snapshot.NewBalancers) await balancer.SettledAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            LogUnsettled(log, SettleTime.TotalSeconds);
        }
    }

    [LoggerMessage(4, LogLevel.Warning, "Some targets' names did not resolve within {Seconds} s; the configuration goes live without them")]
    static partial void LogUnsettled(ILogger log, double seconds);

    [LoggerMessage(1, LogLevel.Information, "Configuration {Revision} from {Source} is live: {Routes} routes, {Milliseconds} ms")]
    static partial void LogApplied(ILogger log, long revision, string source, int routes, int milliseconds);

    [LoggerMessage(2, LogLevel.Error, "Configuration from {Source} was refused (errors: {Errors}); {InForce}")]
    static partial void LogRefused(ILogger log, string source, int errors, string inForce);

    [LoggerMessage(3, LogLevel.Error, "Configuration from {Source} could not be built")]
    static partial void LogBroken(ILogger log, Exception exception, string source);
}

/// <summary>How an attempt to change the configuration went.</summary>
/// <param name="Ok">The new configuration is live.</param>
/// <param name="Revision">The configuration in force now.</param>
/// <param name="Problems">What was found; warnings too.</param>
/// <param name="Elapsed">Time from reading to live.</param>
/// <param name="At">When it ended.</param>
sealed record ApplyResult(bool Ok, long Revision, IReadOnlyList<Problem> Problems, TimeSpan Elapsed, DateTimeOffset At);
