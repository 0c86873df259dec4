using Microsoft.Extensions.Logging;
using Weir.Control;
using Weir.Gateway;
using Weir.Gateway.Plugins;

namespace Weir.Server;

/// <summary>
/// The audit of this node: its file, where else its lines go, and every hour a signed checkpoint of the journal among them, so that whoever collects the lines
/// can prove what the journal was.
/// </summary>
sealed class AuditHome : IAsyncDisposable
{
    static readonly TimeSpan CheckpointPeriod = TimeSpan.FromHours(1);

    readonly FileAudit _file;
    readonly AuditSinks? _sinks;
    readonly ControlPlane _plane;
    readonly CheckpointKey? _key;
    readonly TimeProvider _time;
    ITimer? _timer;
    long _stated = -1;

    AuditHome(FileAudit file, AuditSinks? sinks, ControlPlane plane, CheckpointKey? key, TimeProvider time) =>
        (_file, _sinks, _plane, _key, _time) = (file, sinks, plane, key, time);

    /// <summary>Takes every request to the Admin API.</summary>
    public IAdminAudit Requests => _file;

    /// <summary>Opens the audit that the settings ask for; null for none.</summary>
    /// <exception cref="FormatException">The settings do not fit together.</exception>
    /// <exception cref="IOException">Its folder cannot be written.</exception>
    public static async Task<AuditHome?> OpenAsync(
        NodeSettings settings, ControlPlane plane, CheckpointKey? key, Deliveries deliveries, ILogger log, TimeProvider time)
    {
        if (FolderOf(settings) is not { } folder)
        {
            if (settings.AuditSinks.Count == 0) return null;
            throw new FormatException("audit_sinks: the lines are kept in a file first; with a journal in a database, admin_audit must name its folder");
        }
        var sinks = settings.AuditSinks.Count == 0 ? null : new AuditSinks(settings.AuditSinks, deliveries, log);
        var file = FileAudit.Open(new FileAuditSettings { Folder = folder }, log);
        if (sinks is not null) file.Written = sinks.Add;
        var home = new AuditHome(file, sinks, plane, key, time);
        await home.StateAsync();
        home._timer = time.CreateTimer(static state => _ = ((AuditHome)state!).StateAsync(), home, CheckpointPeriod, CheckpointPeriod);
        return home;
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync();
        await StateAsync();
        await _file.DisposeAsync();
        _sinks?.Dispose();
    }

    /// <summary>Folder of the audit's files, where there is one.</summary>
    static string? FolderOf(NodeSettings settings)
    {
        if (settings.AdminAudit.Length > 0) return settings.AdminAudit;
        return PostgresAddress.IsUri(settings.Data) ? null : Path.Combine(settings.Data, "audit");
    }

    /// <summary>Writes a checkpoint, unless the last one says the same.</summary>
    async Task StateAsync()
    {
        var head = _plane.Current.Head;
        if (_key is null || Interlocked.Exchange(ref _stated, head.Revision) == head.Revision) return;
        await _file.RecordAsync(AuditRecord.Of(_key.Sign(head, _time.GetUtcNow())));
    }
}
