using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway;

/// <summary>
/// One exchange on its way through the gateway: the public <see cref="Weir.Exchange"/> and what only the house may see. A connection reuses its
/// passage for request after request, so nothing here is allocated per request.
/// </summary>
sealed class Passage : IPluginSource
{
    PreparedPlugin?[] _narrowed = [];
    IPAddress? _textAddress;
    string _text = "";
    string _host = "";
    string _hostOnly = "";

    public Passage() => Exchange = new Exchange { Owner = this };

    /// <summary>Which stripe of the snapshot's counter this connection uses.</summary>
    public int Stripe { get; init; }

    /// <summary>The request is one of several streams of an HTTP/2 connection.</summary>
    public bool IsStream { get; init; }

    /// <summary>The event loop of the client's connection; null where there are no loops.</summary>
    public EventLoop? Loop { get; init; }

    public Exchange Exchange { get; }
    public DefaultHttpContext Http { get; } = new();

    /// <summary>Whom the connection belongs to; null before its first request.</summary>
    public ConnectedClient? Client { get; set; }

    /// <summary>The configuration this exchange is pinned to.</summary>
    public Snapshot Snapshot { get; set; } = null!;

    /// <summary>The matched route, or null.</summary>
    public Route? Route { get; set; }

    /// <summary>The listener's port, for hosts with a port.</summary>
    public int ListenerPort { get; set; }

    /// <summary>The client's connection is encrypted, whatever a proxy says of the one before it.</summary>
    public bool IsTls { get; set; }

    /// <summary>Protocol of this request, for plugins that only run on some.</summary>
    public Protocols Protocol { get; set; }

    /// <summary>Timestamp (<see cref="Stopwatch"/> ticks) of the request's start.</summary>
    public long StartedTicks { get; set; }

    /// <summary>Proxy-Authorization as the client sent it: it is not forwarded, one that a plugin set is.</summary>
    public StringValues ProxyAuthorization { get; set; }

    /// <summary>Timestamp of the head of the upstream's answer.</summary>
    public long AnsweredTicks { get; set; }

    /// <summary>Set when the client is gone, as far as its connection tells.</summary>
    public CancellationToken ClientGone { get; set; }

    /// <summary>The plan of the route, or of global plugins when there is no route.</summary>
    public RoutePlan Plan { get; private set; } = RoutePlan.Empty;

    /// <summary>The plugins of this exchange, one per slot of the plan.</summary>
    public PreparedPlugin?[] Plugins { get; private set; } = [];

    /// <summary>Number of slots in use in <see cref="Plugins"/>.</summary>
    public int PluginCount => Plan.Plugins.Length;

    /// <summary>Plugins that want to see the body of the answer, in order; empty for almost every request.</summary>
    public List<IOnChunk> BodyFilters { get; } = [];

    /// <summary>One of <see cref="BodyFilters"/> takes long.</summary>
    public bool HasBlockingFilter { get; set; }

    /// <summary>The plugin that answers in the upstream's place, once it was asked to; null for none.</summary>
    public PreparedPlugin? UpstreamPlugin { get; set; }

    /// <summary>Tells that the client has reset the stream, while a request of it runs.</summary>
    public CancellationTokenRegistration StreamWatch { get; set; }

    /// <summary>What the upstream side of this exchange holds while it runs.</summary>
    public UpstreamCall Call { get; } = new();

    public void Follow(RoutePlan plan)
    {
        Plan = plan;
        Plugins = plan.Plugins;
    }

    public T? FindPlugin<T>() where T : class, IPlugin
    {
        for (var slot = 0; slot < PluginCount; slot++)
            if (Plugins[slot] is { Plugin: T found } prepared && (prepared.Protocols & Protocol) != 0) return found;
        return null;
    }

    /// <summary>Consumer or model became known while slot <paramref name="slot"/> ran: later slots are chosen for them.</summary>
    public void Narrow(int slot)
    {
        Exchange.ScopeChanged = false;
        if (!Plan.HasVariants) return;
        if (_narrowed.Length < PluginCount) _narrowed = new PreparedPlugin?[PluginCount];
        if (!ReferenceEquals(Plugins, _narrowed)) Array.Copy(Plugins, _narrowed, PluginCount);
        Plan.Narrow(Exchange.Consumer, Exchange.Model?.Id, slot, _narrowed);
        Plugins = _narrowed;
    }

    /// <summary>
    /// Goes where the plugin is to run: on the connection's loop, whatever the plugin before it awaited, or on the thread pool if it takes long.
    /// </summary>
    public ThreadSwitch ToThreadOf(PreparedPlugin plugin)
    {
        // Streams of HTTP/2 run on the thread pool anyway; a hop to the loop for each of them was dearer.
        if (Loop is null || IsStream) return ThreadSwitch.None;
        return plugin.IsBlocking ? ThreadSwitch.ToPool : ThreadSwitch.To(Loop, plugin.Name);
    }

    /// <summary>Goes back to the connection's loop.</summary>
    public ThreadSwitch ToLoop() => Loop is null || IsStream ? ThreadSwitch.None : ThreadSwitch.To(Loop);

    /// <summary>The time of day of a timestamp of this exchange.</summary>
    public DateTimeOffset TimeOf(long ticks) => Exchange.StartedAt + Stopwatch.GetElapsedTime(StartedTicks, ticks);

    /// <summary>The text of an address; the connection's own is made once.</summary>
    public string TextOf(IPAddress address)
    {
        if (!address.Equals(_textAddress)) (_textAddress, _text) = (address, address.ToString());
        return _text;
    }

    /// <summary>A Host header without its port. A connection sends the same one again and again: the text is made once.</summary>
    public string HostOnly(string host)
    {
        if (ReferenceEquals(host, _host)) return _hostOnly;
        var end = host.Length > 0 && host[0] == '[' ? host.IndexOf(']') + 1 : host.IndexOf(':');
        (_host, _hostOnly) = (host, end <= 0 ? host : host[..end]);
        return _hostOnly;
    }

    public void Reset()
    {
        Exchange.ResetPublicState();
        Exchange.ResetBody();
        Exchange.ResetRecord();
        Snapshot = null!;
        Route = null;
        Plan = RoutePlan.Empty;
        Plugins = [];
        Array.Clear(_narrowed);
        BodyFilters.Clear();
        HasBlockingFilter = false;
        UpstreamPlugin = null;
        Call.Reset();
    }
}

/// <summary>Who is at the other end of a connection, where it came in, and the name that its TLS handshake asked for.</summary>
sealed record ConnectedClient(IPAddress Address, int Port, int ListenerPort, bool IsTls, string? Sni);
