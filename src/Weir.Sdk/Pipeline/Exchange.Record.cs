using System.Net;

namespace Weir;

public sealed partial class Exchange
{
    readonly List<UpstreamTry> _tries = [];
    readonly List<(string Name, ReadOnlyMemory<byte> Json)> _logFields = [];
    readonly List<(string Name, Func<ReadOnlyMemory<byte>> Json)> _lateLogFields = [];

    /// <summary>When the request's head had been read.</summary>
    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>Time to the answer's last byte handed over, from <see cref="StartedAt"/>. Known in the done phase.</summary>
    public TimeSpan Elapsed { get; internal set; }

    /// <summary>Time from sending the request upstream to the first byte of the upstream's answer, all tries; null when nothing was sent.</summary>
    public TimeSpan? UpstreamLatency { get; internal set; }

    /// <summary>Time from the upstream's first to its last byte; null when nothing was received.</summary>
    public TimeSpan? UpstreamReceive { get; internal set; }

    /// <summary>Weir's own part of <see cref="Elapsed"/>: until the upstream was called, plus what is not the upstream's.</summary>
    public TimeSpan GatewayLatency => UpstreamLatency is null ? Elapsed : Elapsed - UpstreamLatency.Value - (UpstreamReceive ?? default);

    /// <summary>Attempts to reach the upstream, in order.</summary>
    public IReadOnlyList<UpstreamTry> Tries => _tries;

    /// <summary>Status the upstream gave, or 0. Plugins may have changed the client's.</summary>
    public int UpstreamStatus { get; internal set; }

    /// <summary>Where the request went last: scheme, host, port, path and query; null when nothing was sent. Put together when asked for.</summary>
    public string? UpstreamUri => UpstreamOrigin is null ? null : UpstreamOrigin + Upstream.Path + Upstream.Query;

    internal string? UpstreamOrigin { get; set; }

    /// <summary>Bytes of the request: head (as re-framed) and body.</summary>
    public long RequestBytes { get; internal set; }

    /// <summary>Bytes of the answer's body as sent to the client.</summary>
    public long ResponseBytes { get; internal set; }

    /// <summary>Why the upstream's body ended early; null when it did not.</summary>
    public string? BodyFault { get; internal set; }

    /// <summary>Why the listener refused the request's head; null when it did not. Such a request meets no plugin.</summary>
    internal string? Refusal { get; set; }

    /// <summary>What plugins have added to the log record: fields beside the gateway's own, as JSON.</summary>
    public IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> LogFields
    {
        get
        {
            foreach (var (name, json) in _lateLogFields) _logFields.Add((name, json()));
            _lateLogFields.Clear();
            return _logFields;
        }
    }

    /// <summary>Adds a field to the log record, in place of one of the same name, at the latest in a done phase before those of the logging plugins.</summary>
    /// <param name="name">Name at the top of the record.</param>
    /// <param name="json">One JSON value; it is not checked.</param>
    public void AddLog(string name, ReadOnlyMemory<byte> json)
    {
        RemoveLog(name);
        _logFields.Add((name, json));
    }

    /// <summary>Adds a field to the log record that is put together when somebody reads the record, which often nobody does.</summary>
    /// <param name="name">Name at the top of the record.</param>
    /// <param name="json">Makes one JSON value, in a done phase; it is not checked.</param>
    public void AddLog(string name, Func<ReadOnlyMemory<byte>> json)
    {
        RemoveLog(name);
        _lateLogFields.Add((name, json));
    }

    void RemoveLog(string name)
    {
        if (_logFields.Count > 0) _logFields.RemoveAll(field => field.Name == name);
        if (_lateLogFields.Count > 0) _lateLogFields.RemoveAll(field => field.Name == name);
    }

    internal void AddTry(UpstreamTry attempt) => _tries.Add(attempt);

    internal void ResetRecord()
    {
        _tries.Clear();
        _logFields.Clear();
        _lateLogFields.Clear();
        Elapsed = default;
        UpstreamLatency = null;
        UpstreamReceive = null;
        UpstreamStatus = 0;
        UpstreamOrigin = null;
        BodyFault = null;
        RequestBytes = 0;
        ResponseBytes = 0;
    }
}

/// <summary>One attempt to reach an upstream.</summary>
/// <param name="Address">Address tried.</param>
/// <param name="Port">Port tried.</param>
/// <param name="StartedAt">When the attempt began.</param>
/// <param name="Balancing">Time spent choosing the target and connecting.</param>
/// <param name="Fault">Why it failed; null when it gave the answer.</param>
/// <param name="Status">Status the target answered, or 0.</param>
public readonly record struct UpstreamTry(IPAddress? Address, int Port, DateTimeOffset StartedAt, TimeSpan Balancing, string? Fault, int Status);
