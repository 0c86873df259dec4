using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Plugins;

namespace Weir.Server;

/// <summary>
/// Carries lines of the audit to where they are watched: HTTP collectors and syslog servers. The audit's file has them in any case; a line waits here for a day
/// while its receiver is away.
/// </summary>
sealed class AuditSinks : IDisposable
{
    /// <summary>Security and authorization messages (RFC 5424 §6.2.1: facility 13, log audit), informational.</summary>
    const int Priority = (13 * 8) + 6;

    const int SyslogPort = 514;
    const int SyslogTcpPort = 601;
    const int SyslogTlsPort = 6514;

    static readonly QueueConfig Queue = new()
    {
        MaxBatchSize = 100,
        MaxCoalescingDelay = 0.2,
        MaxEntries = 100_000,
        MaxBytes = 256 << 20,
        MaxRetryTime = 24 * 3600,
        MaxRetryDelay = 30,
    };

    readonly List<(DeliveryQueue Queue, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Form)> _queues = [];
    readonly TimeProvider _time;
    readonly string _host = Dns.GetHostName();

    /// <param name="addresses">Where to, as the setting audit_sinks has it.</param>
    /// <param name="deliveries">The queues of the process.</param>
    /// <param name="log">Told when a receiver is away.</param>
    /// <exception cref="FormatException">An address is none; all that are not are named.</exception>
    public AuditSinks(IReadOnlyList<string> addresses, Deliveries deliveries, ILogger log)
    {
        _time = deliveries.Time;
        List<string> problems = [];
        foreach (var address in addresses)
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || DeliveryTo(uri) is not var (delivery, form))
                problems.Add($"audit_sinks: '{Shown(address)}' is none of https://host/path, http://, syslog+udp://host:port, syslog+tcp://, syslog+tls://");
            else
                _queues.Add((new DeliveryQueue($"audit {uri.Scheme}://{uri.Host}", Queue, delivery, deliveries, log), form));
        if (problems.Count == 0) return;
        Dispose();
        throw new FormatException(string.Join('\n', problems));
    }

    /// <summary>Takes a line, without its end.</summary>
    public void Add(ReadOnlyMemory<byte> line)
    {
        foreach (var (queue, form) in _queues) queue.Add(form(line).Span);
    }

    public void Dispose()
    {
        foreach (var (queue, _) in _queues) queue.Dispose();
    }

    (IDelivery Delivery, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Form)? DeliveryTo(Uri uri) => uri.Scheme switch
    {
        "http" or "https" => (new HttpDelivery(HttpOf(uri), asArray: true, _time), static line => line),
        "syslog+udp" => (new UdpDelivery(new UdpLog.Config { Host = uri.Host, Port = PortOf(uri, SyslogPort) }, _time), Syslog),
        "syslog+tcp" => (new TcpDelivery(new TcpLog.Config { Host = uri.Host, Port = PortOf(uri, SyslogTcpPort) }, _time), Counted),
        "syslog+tls" => (new TcpDelivery(TlsOf(uri), _time), Counted),
        _ => null,
    };

    static HttpLog.Config HttpOf(Uri uri) => new() { HttpEndpoint = uri.ToString(), SslVerify = true };

    static TcpLog.Config TlsOf(Uri uri) => new() { Host = uri.Host, Port = PortOf(uri, SyslogTlsPort), Tls = true, SslVerify = true };

    static int PortOf(Uri uri, int standard) => uri.Port > 0 ? uri.Port : standard;

    /// <summary>A syslog message (RFC 5424).</summary>
    ReadOnlyMemory<byte> Syslog(ReadOnlyMemory<byte> line)
    {
        var at = _time.GetUtcNow().UtcDateTime;
        var head = string.Create(
            CultureInfo.InvariantCulture, $"<{Priority}>1 {at:yyyy-MM-ddTHH:mm:ss.fffZ} {_host} weir {Environment.ProcessId} audit - ");
        return (byte[])[.. Encoding.ASCII.GetBytes(head), .. line.Span];
    }

    /// <summary>The same for a stream: its length first (RFC 6587 §3.4.1, RFC 5425 §4.3).</summary>
    ReadOnlyMemory<byte> Counted(ReadOnlyMemory<byte> line)
    {
        var message = Syslog(line);
        return (byte[])[.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")), .. message.Span];
    }

    /// <summary>An address without the password that may stand in it.</summary>
    static string Shown(string address)
    {
        var at = address.LastIndexOf('@');
        var start = address.IndexOf("://", StringComparison.Ordinal);
        return at > 0 && start > 0 && start < at ? address[..(start + 3)] + "…" + address[at..] : address;
    }
}
